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

// The operations that only wallets call (mpp-api §2).
const (
	GetPaymentCode   API = "getPaymentCode"
	IdentifyCode     API = "identifyCode"
	InquiryCodeRules API = "inquiryCodeRules"
)

// CallsBesidePayments lists the operations that the acquirer calls, but for those of a payment's life.
func CallsBesidePayments() []API {
	return []API{
		ConsultPayment, Registration, InquiryRegistrationStatus, NotifyPushPayment, Prepare, ApplyToken, CancelToken,
		ResponseRetrieval, ResponseEscalation, Declare, InquireDeclarationRequests,
	}
}

// CallbacksBesidePayments lists the operations that the acquirer serves, but for notifyPayment.
func CallbacksBesidePayments() []API {
	return []API{
		NotifyRegistrationStatus, UserInitiatedPay, PushPayment, InquiryPushPayment, PlaceOrder, AuthNotify, ConsultUnbinding,
		InitiateRetrieval, InitiateEscalation,
	}
}
