/*
 * spoils.mjs - mistakes to seed: what is done to a call of a provider's API on its way (change), and what the judge must say (wrong), of
 * which nothing else may be said.
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
	razorpay: [],
	paypal: [],
};
