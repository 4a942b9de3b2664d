package aps

// The operations beside payments that the acquirer calls (acqp-api §5.8 to §5.11).
const (
	Registration               API = "registration"
	InquiryRegistrationStatus  API = "inquiryRegistrationStatus"
	NotifyPushPayment          API = "notifyPushPayment"
	Prepare                    API = "prepare"
	ApplyToken                 API = "applyToken"
	CancelToken                API = "cancelToken"
	ResponseRetrieval          API = "responseRetrieval"
	ResponseEscalation         API = "responseEscalation"
	Declare                    API = "declare"
	InquireDeclarationRequests API = "inquireDeclarationRequests"
)

// The operations beside payments that the acquirer serves.
const (
	NotifyRegistrationStatus API = "notifyRegistrationStatus"
	PushPayment              API = "pushPayment"
	InquiryPushPayment       API = "inquiryPushPayment"
	PlaceOrder               API = "placeOrder"
	AuthNotify               API = "authNotify"
	ConsultUnbinding         API = "consultUnbinding"
	InitiateRetrieval        API = "initiateRetrieval"
	InitiateEscalation       API = "initiateEscalation"
)
