// Package openapi writes the catalogue of a door as an OpenAPI 3.1 document: what the partner (acquirer or wallet)
// calls as paths, what Alipay+ calls as webhooks, the shared types as components.
package openapi

import (
	"strings"

	"mppsim/wallet/catalogue"
	"mppsim/wallet/catalogue/example"
	"mppsim/wallet/jsontree"
)

// Document returns the document of a door as indented JSON. version is that of the program.
func Document(d *catalogue.Door, version string) []byte {
	s := schemas{shared: d.Types}
	paths, webhooks, components := object(), object(), object()
	for _, t := range d.Types {
		add(components, of(t.Name, s.object(t.Fields)))
	}
	for i := range d.Operations {
		op := &d.Operations[i]
		item := object(of("post", operation(op)))
		if op.Served() {
			add(webhooks, of(op.Name, item))
		} else {
			add(paths, of(op.Path, item))
		}
		add(components,
			of(schemaName(op, catalogue.Request), s.message(op.Request)),
			of(schemaName(op, catalogue.Response), s.message(op.Response)))
	}
	return object(
		text("openapi", "3.1.0"),
		of("info", object(text("title", d.Title), text("version", version), text("description", d.About))),
		text("jsonSchemaDialect", "https://json-schema.org/draft/2020-12/schema"),
		of("paths", paths),
		of("webhooks", webhooks),
		of("components", object(of("schemas", components), of("parameters", parameters()), of("headers", headers()))),
	).Write(jsontree.Layout{Indent: true})
}

func schemaName(op *catalogue.Operation, part catalogue.Part) string {
	return op.Name + "." + string(part)
}

func operation(op *catalogue.Operation) *jsontree.Node {
	n := object(
		text("operationId", op.Name),
		text("summary", op.Title),
		text("description", about(op)),
		of("parameters", list(ref("parameters", "clientId"), ref("parameters", "requestTime"), ref("parameters", "signature"))),
		of("requestBody", object(flag("required", true), of("content", content(op, catalogue.Request)))),
		of("responses", object(of("200", object(
			text("description", "Every answer of the API, refusals too; see x-result-codes."),
			of("headers", object(
				of("client-id", ref("headers", "clientId")),
				of("response-time", ref("headers", "responseTime")),
				of("signature", ref("headers", "signature")),
			)),
			of("content", content(op, catalogue.Response)),
		)))),
		of("x-result-codes", codes(op)),
		of("x-source", texts(op.Source)),
		text("x-confidence", string(op.Confidence)),
	)
	if op.Idempotency != nil {
		add(n, of("x-idempotency", object(
			of("key", texts(op.Idempotency.Key)),
			of("compared", texts(op.Idempotency.Compared)),
			text("mismatch", op.Idempotency.Mismatch),
		)))
	}
	if len(op.Also) > 0 {
		add(n, of("x-also-served-at", texts(op.Also)))
	}
	return n
}

func about(op *catalogue.Operation) string {
	lines := append([]string{}, op.Notes...)
	if op.Idempotency != nil {
		lines = append(lines, op.Idempotency.Words)
	}
	if op.Served() {
		lines = append(lines, "Sent to the partner's address: "+op.Address+".")
	}
	return strings.Join(lines, "\n\n")
}

func content(op *catalogue.Operation, part catalogue.Part) *jsontree.Node {
	return object(of("application/json", object(
		of("schema", object(text("$ref", "#/components/schemas/"+schemaName(op, part)))),
		of("example", example.Least(op, part)),
	)))
}

func codes(op *catalogue.Operation) *jsontree.Node {
	n := list()
	for _, c := range op.Codes {
		n.Items = append(n.Items, object(
			text("code", c.Name), text("status", c.Status), text("meaning", c.Meaning), text("action", c.Action),
			text("source", c.Source), text("confidence", string(c.Confidence)),
		))
	}
	return n
}

func ref(kind, name string) *jsontree.Node {
	return object(text("$ref", "#/components/"+kind+"/"+name))
}

const (
	aboutClient    = "The partner's id at Alipay+."
	aboutTime      = "ISO 8601 with offset; epoch milliseconds are understood too. It is part of what is signed."
	aboutSignature = "algorithm=RSA256,keyVersion=1,signature= and the url-encoded base64 of the signature."
)

func parameters() *jsontree.Node {
	header := func(name, about string) *jsontree.Node {
		return object(text("name", name), text("in", "header"), flag("required", true), text("description", about), of("schema", textSchema()))
	}
	return object(
		of("clientId", header("Client-Id", aboutClient)),
		of("requestTime", header("Request-Time", aboutTime)),
		of("signature", header("Signature", aboutSignature)),
	)
}

func headers() *jsontree.Node {
	header := func(about string) *jsontree.Node {
		return object(text("description", about), of("schema", textSchema()))
	}
	return object(
		of("clientId", header(aboutClient)),
		of("responseTime", header(aboutTime)),
		of("signature", header(aboutSignature)),
	)
}

func textSchema() *jsontree.Node { return object(text("type", "string")) }
