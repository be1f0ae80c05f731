/*
 * providers.mjs - the three providers in one table: where their descriptions are, and what these leave to prose or to ourselves. A stand-in
 * that does not play a provider is said so by its row (missing), and its tests are skipped with that reason.
 */
const basic = shape => ({ test: value => /^Basic [A-Za-z0-9+/]+=*$/.test(value) && shape.test(Buffer.from(value.slice(6), "base64").toString()) });

const KEY = /^[\x21-\x7e]{1,255}$/, PAYPAL_KEY = /^[\x21-\x7e]{1,108}$/;

const PAGE = { from: { type: "integer" }, to: { type: "integer" }, count: { type: "integer", maximum: 100 }, skip: { type: "integer" } };

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
		/* documented by Stripe, and left out of the description */
		query: {
			"GET /v1/checkout/sessions": { created: { type: "object", properties: { gt: { type: "integer" }, gte: { type: "integer" },
				lt: { type: "integer" }, lte: { type: "integer" } } } },
			"GET /v1/checkout/sessions/{session}": { expand: { type: "array", items: { type: "string", enum: ["payment_intent", "line_items"] } } },
		},
		create: "POST /v1/checkout/sessions",
		calls: ["POST /v1/checkout/sessions", "GET /v1/checkout/sessions", "GET /v1/checkout/sessions/{session}",
			"POST /v1/checkout/sessions/{session}/expire", "POST /v1/refunds", "GET /v1/refunds", "GET /v1/refunds/{refund}"],
		later: true,
	},
	razorpay: {
		file: "razorpay-subset.json",
		upstream: "/razorpay",
		headers: { all: { authorization: basic(/^rzp_test_\w+:\S+$/) } },
		/* documented by Razorpay, and left out of the description */
		query: {
			"GET /v1/payments/{id}/refunds": PAGE,
			"GET /v1/payment_links": PAGE,
		},
		create: "POST /v1/payment_links",
		missing: "the stand-in does not play Razorpay",
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
		missing: "the stand-in does not play PayPal",
	},
};
