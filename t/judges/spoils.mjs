/*
 * spoils.mjs - mistakes to seed: what is done to a call of a provider's API on its way (change), and what alone the judge must say (wrong).
 */
const form = edit => rq => {
	const fields = new URLSearchParams(rq.body);

	edit(fields);
	rq.body = fields.toString();
};

const set = (name, value) => form(fields => fields.set(name, value));
const unset = name => form(fields => fields.delete(name));

const json = edit => rq => {
	const body = JSON.parse(rq.body);

	edit(body);
	rq.body = JSON.stringify(body);
};

const header = (name, value) => rq => {
	if (value === undefined)
		delete rq.headers[name];
	else
		rq.headers[name] = value;
};

const of = (call, list) => list.map(([what, change, wrong]) => ({ what, call, change, wrong }));

const CURRENCY = "line_items[0][price_data][currency]", AMOUNT = "line_items[0][price_data][unit_amount]";

export const SPOILS = {
	stripe: [
		...of("POST /v1/checkout/sessions", [
			["a currency in capitals", set(CURRENCY, "GBP"), /currency must match pattern/],
			["an amount with a point", set(AMOUNT, "1050.5"), /unit_amount must be integer/],
			["an amount spelled as no provider reads it", set(AMOUNT, "1e3"), /unit_amount is spelled 1e3/],
			["an amount below nothing", set(AMOUNT, "-1"), /unit_amount must be >= 0/],
			["an unknown field", set("colour", "red"), /additional properties: colour/],
			["an unknown field inside", set("line_items[0][price_data][colour]", "red"), /additional properties: colour/],
			["a reference of 201 characters", set("client_reference_id", "r".repeat(201)), /client_reference_id must NOT have more than 200/],
			["metadata that are too long", set("metadata[x]", "r".repeat(501)), /metadata\/x must NOT have more than 500/],
			["a mode there is not", set("mode", "gift"), /mode must be equal to/],
			["no mode", unset("mode"), /must have required property 'mode'/],
			["a line without its currency", unset(CURRENCY), /must have required property 'currency'/],
			["a way back that is no address", set("success_url", "/pay/return"), /success_url must match pattern/],
			["no Idempotency-Key", header("idempotency-key"), /idempotency-key is missing/],
			["a key of another payment's", (rq, seen) => {
				rq.headers["idempotency-key"] = seen.find(n => n.name === "POST /v1/checkout/sessions").request.headers["idempotency-key"];
			}, /its key was used before, by another body/],
			["no Stripe-Version", header("stripe-version"), /stripe-version is missing/],
			["another type of body", header("content-type", "application/json"), /the body is application\/json/],
		]),
		...of("POST /v1/refunds", [
			["a refund of nothing", set("amount", "0"), /amount must be >= 1/],
			["a refund of nobody's", unset("payment_intent"), /must (have required property|match exactly one)/],
			["a refund for a reason of our own", set("reason", "show_cancelled"), /reason must be equal to/],
			["a refund without Idempotency-Key", header("idempotency-key"), /idempotency-key is missing/],
		]),
		...of("GET /v1/checkout/sessions", [
			["an unknown parameter of a list", rq => { rq.query += "&colour=red"; }, /unevaluated properties: colour/],
			["a call without a key", header("authorization"), /authorization is missing/],
			["a path there is not", rq => { rq.path = "/v1/checkout/session"; }, /there is no GET \/v1\/checkout\/session/],
		]),
	],
	razorpay: [
		...of("POST /v1/payment_links", [
			["notes that are a text", json(b => { b.notes = "show 7"; }), /notes must be object/],
			["an amount with a point", json(b => { b.amount += 0.5; }), /amount must be integer/],
			["an amount that is a text", json(b => { b.amount = String(b.amount); }), /amount must be integer/],
			["an amount below the least", json(b => { b.amount = 99; }), /amount must be >= 100/],
			["a currency in small letters", json(b => { b.currency = "gbp"; }), /currency must match pattern/],
			["an unknown field", json(b => { b.colour = "red"; }), /additional properties: colour/],
			["an unknown field inside", json(b => { b.customer.colour = "red"; }), /unevaluated properties: colour/],
			["a reference of 41 characters", json(b => { b.reference_id = "r".repeat(41); }), /reference_id must NOT have more than 40/],
			["a way back by another method", json(b => { b.callback_method = "post"; }), /callback_method must be equal to/],
			["an end that is a text", json(b => { b.expire_by = String(b.expire_by); }), /expire_by must be integer/],
			["no amount", json(b => { delete b.amount; }), /must have required property 'amount'/],
			["a call without a key", header("authorization"), /authorization is missing/],
			["a key by another scheme", header("authorization", "Bearer rzp_test_x"), /authorization is wrong/],
			["another type of body", header("content-type", "application/x-www-form-urlencoded"), /the body is application\/x-www/],
		]),
		...of("POST /v1/payments/{id}/refund", [
			["a refund of nothing", json(b => { b.amount = 0; }), /amount must be >= 1/],
			["a refund without X-Refund-Idempotency", header("x-refund-idempotency"), /X-Refund-Idempotency is missing/],
			["a refund whose key is too short", header("x-refund-idempotency", "123456789"), /X-Refund-Idempotency must NOT have fewer than 10/],
			["a refund at a speed there is not", json(b => { b.speed = "fast"; }), /speed must be equal to/],
			["a refund of a link instead of a payment", rq => { rq.path = rq.path.replace("pay_", "plink_"); }, /id must match pattern/],
		]),
	],
	paypal: [
		...of("POST /v2/checkout/orders", [
			["no intent", json(b => { delete b.intent; }), /must have required property 'intent'/],
			["money that is only kept ready", json(b => { b.intent = "AUTHORIZE"; }), /intent must be equal to/],
			["an amount that is a number", json(b => { b.purchase_units[0].amount.value = 12.5; }), /value must be string/],
			["an amount with three decimals", json(b => { b.purchase_units[0].amount.value = "12.500"; }), /value must match pattern/],
			["a currency in small letters", json(b => { b.purchase_units[0].amount.currency_code = "gbp"; }), /currency_code must match pattern/],
			["a unit without its amount", json(b => { delete b.purchase_units[0].amount; }), /must have required property 'amount'/],
			["an unknown field", json(b => { b.colour = "red"; }), /(unevaluated|additional) properties: colour/],
			["an unknown field inside", json(b => { b.purchase_units[0].amount.colour = "red"; }), /unevaluated properties: colour/],
			["a reference of 128 characters", json(b => { b.purchase_units[0].custom_id = "r".repeat(128); }), /custom_id must NOT have more than 127/],
			["a way back that is no address", json(b => { b.payment_source.paypal.experience_context.return_url = "back"; }),
				/return_url must match format/],
			["no PayPal-Request-Id", header("paypal-request-id"), /paypal-request-id is missing/],
			["a PayPal-Request-Id of 109 characters", header("paypal-request-id", "k".repeat(109)), /paypal-request-id is wrong|PayPal-Request-Id must NOT/],
			["a call without a token", header("authorization"), /authorization is missing/],
			["another type of body", header("content-type", "text/plain"), /the body is text\/plain/],
		]),
		...of("POST /v2/checkout/orders/{id}/capture", [
			["a capture without PayPal-Request-Id", header("paypal-request-id"), /paypal-request-id is missing/],
			["a capture of what is no order", rq => { rq.path = rq.path.replace(/orders\/\w+/, "orders/a-b"); }, /id must match pattern/],
		]),
		...of("POST /v2/payments/captures/{capture_id}/refund", [
			["a refund that is a number", json(b => { b.amount.value = 1; }), /value must be string/],
			["a refund without PayPal-Request-Id", header("paypal-request-id"), /paypal-request-id is missing/],
			["a note that is too long", json(b => { b.note_to_payer = "n".repeat(256); }), /note_to_payer must NOT have more than 255/],
		]),
		...of("POST /v1/oauth2/token", [
			["a token asked for by other means", set("grant_type", "password"), /grant_type must be equal to/],
			["a token asked for without Basic", header("authorization", "Bearer x"), /authorization is wrong/],
		]),
	],
};

const answer = edit => rs => {
	const body = JSON.parse(rs.body);

	edit(body);
	rs.body = JSON.stringify(body);
};

const everywhere = [
	["that is no JSON", rs => { rs.body = "<html>"; }, /the answer cannot be read/],
	["of another type", rs => { rs.headers["content-type"] = "text/html"; }, /the answer is text\/html/],
	["of a status that is not described", rs => { rs.status = 202; }, /no answer 202 is described/],
];

/* The same for the stand-in's answers. */
export const WRONG_ANSWERS = {
	stripe: of("POST /v1/checkout/sessions", [...everywhere,
		["without an id", answer(b => { delete b.id; }), /must have required property 'id'/],
		["whose amount is a text", answer(b => { b.amount_total = "2600"; }), /amount_total must be integer/],
	]),
	razorpay: of("POST /v1/payment_links", [...everywhere,
		["without an address", answer(b => { delete b.short_url; }), /must have required property 'short_url'/],
		["of a state there is not", answer(b => { b.status = "open"; }), /status must be equal to/],
	]),
	paypal: of("GET /v2/checkout/orders/{id}", [...everywhere,
		["of a state there is not", answer(b => { b.status = "OPEN"; }), /status must be equal to/],
		["whose amount is a number", answer(b => { b.purchase_units[0].amount.value = 12.5; }), /value must be string/],
	]),
};
