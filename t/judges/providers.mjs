/*
 * providers.mjs - the three providers in one table: where their descriptions are, and what these leave to prose or to ourselves.
 *
 *	file		the description, in the folder of facts
 *	upstream	where below the stand-in's address it plays that provider
 *	headers		{ name: shape } of all calls, of those that are open or closed to strangers, of one call
 *	profiles	which of our own stricter rules in the description a call's body must keep too
 *	query		parameters that the provider documents and the description left out
 *	create, calls	the call that opens a payment; every call that Foyer makes
 *	later		its page has a way to pay whose end comes later
 *	config		settings for Foyer; orders: for the stand-in, while a refund is looked for
 */
const KEY = /^[\x21-\x7e]{1,255}$/, PAYPAL_KEY = /^[\x21-\x7e]{1,108}$/;

const basic = shape => ({
	test: value => /^Basic [A-Za-z0-9+/]+=*$/.test(value) && shape.test(Buffer.from(value.slice(6), "base64").toString()),
});

const integers = names => Object.fromEntries(names.map(name => [name, { type: "integer" }]));
const PAGE = integers(["from", "to", "count", "skip"]);

export const PROVIDERS = {
	stripe: {
		file: "stripe-subset.json",
		upstream: "",
		headers: {
			all: { authorization: /^Bearer (sk|rk)_test_\w+$/, "stripe-version": /^\d{4}-\d\d-\d\d\.[a-z]+$/ },
			/* closing a session needs none: it can be closed once only */
			"POST /v1/checkout/sessions": { "idempotency-key": KEY },
			"POST /v1/refunds": { "idempotency-key": KEY },
		},
		profiles: { "POST /v1/checkout/sessions": "hosted_checkout", "POST /v1/refunds": "refund" },
		query: {
			"GET /v1/checkout/sessions": { created: { type: "object", properties: integers(["gt", "gte", "lt", "lte"]) } },
			"GET /v1/checkout/sessions/{session}": {
				expand: { type: "array", items: { type: "string", enum: ["payment_intent", "line_items"] } },
			},
		},
		create: "POST /v1/checkout/sessions",
		calls: [
			"POST /v1/checkout/sessions", "GET /v1/checkout/sessions", "GET /v1/checkout/sessions/{session}",
			"POST /v1/checkout/sessions/{session}/expire", "POST /v1/refunds", "GET /v1/refunds", "GET /v1/refunds/{refund}",
		],
		later: true,
	},
	razorpay: {
		file: "razorpay-subset.json",
		upstream: "/razorpay",
		headers: { all: { authorization: basic(/^rzp_test_\w+:\S+$/) } },
		query: { "GET /v1/payments/{id}/refunds": PAGE, "GET /v1/payment_links": PAGE },
		create: "POST /v1/payment_links",
		calls: [
			"POST /v1/payment_links", "GET /v1/payment_links", "GET /v1/payment_links/{id}", "POST /v1/payment_links/{id}/cancel",
			"GET /v1/payments/{id}", "POST /v1/payments/{id}/refund", "GET /v1/payments/{id}/refunds", "GET /v1/refunds/{id}",
		],
	},
	paypal: {
		file: "paypal-subset.json",
		upstream: "/paypal",
		headers: {
			open: { authorization: basic(/^[^:\s]+:\S+$/) },
			closed: { authorization: /^Bearer \S+$/ },
			"POST /v2/checkout/orders": { "paypal-request-id": PAYPAL_KEY },
			"POST /v2/checkout/orders/{id}/capture": { "paypal-request-id": PAYPAL_KEY },
			"POST /v2/payments/captures/{capture_id}/refund": { "paypal-request-id": PAYPAL_KEY },
		},
		profiles: { "POST /v2/checkout/orders": "create_order" },
		create: "POST /v2/checkout/orders",
		/* an order that nobody approves needs no closing */
		calls: [
			"POST /v1/oauth2/token", "POST /v2/checkout/orders", "GET /v2/checkout/orders/{id}", "POST /v2/checkout/orders/{id}/capture",
			"GET /v2/payments/captures/{capture_id}", "POST /v2/payments/captures/{capture_id}/refund",
			"GET /v2/payments/refunds/{refund_id}", "POST /v1/notifications/verify-webhook-signature",
		],
		later: true,
		/* one call more to judge, each: messages are checked by asking, and an order is gone when its refunds are looked for */
		config: { paypal_webhook_check: "api" },
		orders: { "paypal.fail": "read:404" },
	},
};
