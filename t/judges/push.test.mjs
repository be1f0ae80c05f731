/*
 * push.test.mjs - a browser and its push service as other people's libraries make them: what Foyer sends through the whole of its
 * relay is opened by the encrypted content-encoding's own library, and who sent it is checked by a library for tokens.
 */
import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import test from "node:test";
import ece from "http_ece";
import { importJWK, jwtVerify } from "jose";
import { soon } from "./soon.mjs";
import { Buyer } from "./buyer.mjs";
import { Stack } from "../browser/stack.mjs";

/* ---- a push service that keeps what it gets ---- */

const got = [];
let status = 201;
const service = createServer(async (rq, rs) => {
	const parts = [];

	for await (const part of rq)
		parts.push(part);
	got.push({ path: rq.url, method: rq.method, headers: rq.headers, body: Buffer.concat(parts) });
	rs.writeHead(status).end();
});

await new Promise(done => service.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${service.address().port}`;

/* ---- the house ---- */

const house = createECDH("prime256v1");
const contact = "mailto:it@foyer.example";

house.generateKeys();
const publicKey = house.getPublicKey().toString("base64url");
const privateKey = Buffer.concat([Buffer.alloc(32 - house.getPrivateKey().length), house.getPrivateKey()]).toString("base64url");
const stack = new Stack();

process.on("exit", () => stack.folder && stack.stop());
await stack.start({ config: `push_key = ${privateKey}\npush_contact = ${contact}\n`
	+ `outside_allow = 127.0.0.1:${service.address().port}\n` });

/* ---- a browser ---- */

class Browser extends Buyer {
	constructor() {
		super(stack);
		this.keys = createECDH("prime256v1");
		this.keys.generateKeys();
		this.auth = randomBytes(16);
		this.path = `/wpush/${randomBytes(12).toString("base64url")}`;
	}

	subscribe() {
		return this.ask(`${this.checkout.at.pathname}/push`, { endpoint: `${origin}${this.path}`,
			p256dh: this.keys.getPublicKey().toString("base64url"), auth: this.auth.toString("base64url") });
	}

	opened(message) {
		return JSON.parse(ece.decrypt(message.body, { version: "aes128gcm", privateKey: this.keys, authSecret: this.auth }));
	}

	async told(n) {
		await soon(async () => got.filter(m => m.path === this.path).length >= n, 60, `${n} push messages`);
		return got.filter(m => m.path === this.path)[n - 1];
	}
}

const claimsOf = async message => {
	const [, token, key] = message.headers.authorization.match(/^vapid t=([\w.-]+), k=([\w-]+)$/);
	const point = Buffer.from(key, "base64url");
	const jwk = { kty: "EC", crv: "P-256", x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") };

	assert.equal(key, publicKey);
	return jwtVerify(token, await importJWK(jwk, "ES256"), { algorithms: ["ES256"], audience: origin, subject: contact, typ: "JWT" });
};

const ending = async b => {
	await b.take(stack.show("lumiere-3"), 2);
	assert.equal((await b.subscribe()).status, 204);
	stack.later(stack.newestHold(), 500);
	await stack.reap();
};

/* ---- tests ---- */

test("the page gives the browser the house's public key", async () => {
	const b = new Browser(), page = await b.take(stack.show("lumiere-3"), 1);

	assert.match(page.text, new RegExp(`data-push="${publicKey}"`));
});

test("a hold's end is told in time, sealed for the browser and signed by the house", async () => {
	const b = new Browser(), before = Math.floor(Date.now() / 1000);

	await ending(b);
	const message = await b.told(1), says = b.opened(message), { payload } = await claimsOf(message);

	assert.equal(message.method, "POST");
	assert.equal(message.headers["content-encoding"], "aes128gcm");
	assert.equal(message.headers.urgency, "high");
	assert.ok(Number(message.headers.ttl) >= 1 && Number(message.headers.ttl) <= 100, message.headers.ttl);
	assert.match(message.headers.topic, /^[\w-]{1,32}$/);
	assert.ok(payload.exp > before + 60 && payload.exp <= before + 86400, "RFC 8292 allows a day");
	assert.deepEqual(Object.keys(says).sort(), ["body", "path", "tag", "title"]);
	assert.equal(says.path, b.checkout.at.pathname);
	assert.match(says.title, /^\w+\d+, \w+\d+: yours until \d\d:\d\d$/);
	assert.match(says.body, /or your seats go back on sale\.$/);
});

test("the same seats' payment takes the place of the warning", async () => {
	const b = new Browser();

	await ending(b);
	const warning = await b.told(1), started = await b.startPaying("stripe"), paid = await b.press(started.location, "pay");
	const page = await b.tickets(paid.location), message = await b.told(2), says = b.opened(message);

	await claimsOf(message);
	assert.equal(message.headers.topic, warning.headers.topic);
	assert.equal(says.tag, b.opened(warning).tag);
	assert.equal(says.path, page.at.pathname);
	assert.match(says.title, /^Booked: /);
});

test("no two messages share a salt or a key, and nobody else can open one", async () => {
	const heads = got.map(m => m.body.subarray(0, 16).toString("hex")), keys = got.map(m => m.body.subarray(21, 86).toString("hex"));
	const other = new Browser();

	assert.ok(got.length >= 3);
	assert.equal(new Set(heads).size, got.length);
	assert.equal(new Set(keys).size, got.length);
	assert.throws(() => other.opened(got[0]));
});

test("a browser that its service does not know any more is forgotten", async () => {
	const b = new Browser();

	status = 410;
	await ending(b);
	await b.told(1);
	await soon(async () => stack.number(`SELECT COUNT(*) FROM push_browsers WHERE endpoint LIKE '%${b.path}'`) === 0, 30, "it is forgotten");
	service.close();
});
