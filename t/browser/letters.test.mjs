/*
 * letters.test.mjs - every letter that is sent, its HTML as a mail program shows it: pictures for people to judge, and what a machine can
 * judge of a page (contrast of light and dark, nothing wider than the screen, no reference to what is not in the mail). Their HTML is
 * kept for the HTML checker at the end of screens.test.mjs.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { NARROWEST, PHONE } from "./visitor.mjs";
import { stack, visit } from "./world.mjs";

const LONG = { timeout: 120000 };

/* A message's parts, by type: [[head, bytes], …]. */
const partsOf = text => {
	const [, head, body] = /^([^]*?)\r\n\r\n([^]*)$/.exec(text), flat = head.replace(/\r\n[ \t]+/g, " ");
	const type = /^content-type: ([^;\s]+)/im.exec(flat)[1], boundary = /boundary="([^"]+)"/i.exec(flat)?.[1];

	if (boundary)
		return body.split(`--${boundary}`).slice(1, -1).flatMap(part => partsOf(part.slice(2)));
	const base64 = /^content-transfer-encoding: base64/im.test(flat);
	const bytes = base64 ? Buffer.from(body, "base64") :
		Buffer.from(body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");

	return [{ type, id: /^content-id: <(.+)>/im.exec(flat)?.[1], bytes }];
};

/* The newest letter of an event's type, as soon as it is there. */
const letter = async type => {
	const where = `FROM outbox o JOIN deliveries d ON d.show_id = o.show_id AND d.outbox_id = o.outbox_id AND d.sink = 'mail'
		WHERE o.type = '${type}' AND d.state = 'sent'`;

	for (let i = 0; i < 200 && stack.number(`SELECT COUNT(*) FROM outbox WHERE NOT found`) + stack.number(`SELECT COUNT(*)
		FROM deliveries WHERE sink = 'mail' AND state = 'waiting'`); i++)
		await new Promise(done => setTimeout(done, 100));
	const [[name]] = stack.sql(`SELECT CONCAT(o.show_id, '-', o.outbox_id) ${where} ORDER BY o.outbox_id DESC LIMIT 1`);

	return partsOf(readFileSync(join(stack.folder, "mail", `${name}.eml`), "latin1"));
};

/* Shown from an address where nothing else is: whatever the letter asks for beside itself is noted. */
const show = async (v, parts) => {
	const html = parts.find(part => part.type === "text/html").bytes.toString("utf8"), asked = [];
	const shown = html.replace(/src="cid:([^"]+)"/g, (_, id) =>
		`src="data:image/png;base64,${parts.find(part => part.id === id.replaceAll("%40", "@")).bytes.toString("base64")}"`);

	await v.page.route("http://mail.test/**", route => {
		if (route.request().url() !== "http://mail.test/")
			asked.push(route.request().url());
		return route.fulfill({ contentType: "text/html; charset=utf-8", body: route.request().url() === "http://mail.test/" ? shown : "" });
	});
	await v.page.goto("http://mail.test/");
	assert.deepEqual(asked.filter(url => !url.endsWith("/favicon.ico")), [], "the letter asks for what is not in it");
	v.sent = Promise.resolve(html);
};

const buy = async (v, number) => {
	await v.findSeats(number, 2);
	await v.fillIn();
	await v.pay();
	await v.untilTickets();
	return v.page.url().replace(/\?.*/, "");
};

const forgiving = city => stack.number(`SELECT s.show_id FROM shows s JOIN show_sales k ON k.show_id = s.show_id
	JOIN cities c ON c.city_id = s.city_id JOIN halls h ON h.hall_id = s.hall_id WHERE c.slug = '${city}' AND k.cancel_hours IS NOT NULL
	AND k.cancel_fee_minor > 0 AND NOT h.by_section AND k.starts_at > UTC_TIMESTAMP() + INTERVAL 2 DAY AND k.sales_from < UTC_TIMESTAMP()
	AND (SELECT COUNT(*) FROM show_seats x WHERE x.show_id = s.show_id AND x.status = 'available') > 40 ORDER BY s.show_id LIMIT 1`);

const giveOneBack = async (v, tickets) => {
	await v.go(`${tickets}/cancel`);
	await v.page.locator("input[name=seat]").first().check();
	await v.page.getByRole("button", { name: "See what comes back" }).click();
	await v.page.getByRole("button", { name: /^Give back, get / }).click();
	await v.page.waitForURL(/\?given=1/);
};

test("tickets by mail, and the link to them", LONG, () => visit({}, async v => {
	await buy(v, forgiving("mumbai"));
	const parts = await letter("BOOKING_CONFIRMED");

	assert.deepEqual(parts.map(part => part.type), ["text/plain", "text/html", "image/png", "image/png", "application/pdf", "text/calendar"]);
	await show(v, parts);
	assert.equal(await v.page.locator("img").evaluateAll(all => all.filter(i => i.naturalWidth > 300 && i.width >= 240).length), 2);
	await v.look("letter-tickets", { all: true });
	await v.lookLarge("letter-tickets");
	const [, reference] = /^Reference: (.+)$/m.exec(parts[0].bytes.toString("utf8"));

	await fetch(`${stack.url}/bookings/find`, { method: "POST", body: new URLSearchParams({ reference, email: "ana@example.org" }) });
	await show(v, await letter("BOOKING_LINK"));
	await v.look("letter-link", { all: true });
}));

test("letters about tickets that are given back, and their money", LONG, () => visit({}, async v => {
	const tickets = await buy(v, forgiving("london"));

	await giveOneBack(v, tickets);
	await show(v, await letter("BOOKING_REDUCED"));
	await v.look("letter-reduced", { all: true });
	await giveOneBack(v, tickets);
	await show(v, await letter("BOOKING_CANCELLED"));
	await v.look("letter-cancelled", { all: true });
	stack.sql("UPDATE refunds SET due_at = UTC_TIMESTAMP(3) WHERE state = 'pending'");
	await stack.reap();
	await show(v, await letter("REFUND_DONE"));
	await v.look("letter-refund-done", { all: true });
}));

test("a letter about money that came too late", LONG, () => visit({}, async v => {
	const number = stack.show("lumiere-2");

	await v.findSeats(number, 2);
	await v.fillIn();
	await v.page.locator("#pay button.main").click();
	await v.page.waitForURL(url => url.origin !== stack.url);
	const taken = stack.sql(`SELECT seat_id FROM hold_seats WHERE show_id = ${number} AND hold_id = ${stack.newestHold()}`).flat();

	stack.later(stack.newestHold(), 1900);
	await fetch(`${stack.url}/shows/${number}/hold`, { method: "POST", redirect: "manual", body: new URLSearchParams(taken.map(id => ["seat", id])) });
	await v.page.getByRole("button", { name: /^Pay / }).first().click();
	await v.page.waitForURL(url => url.origin === stack.url);
	await show(v, await letter("PAYMENT_REFUND_DUE"));
	await v.look("letter-refund-due", { all: true });
}));

const left = (hold, seconds) =>
	stack.later(hold, stack.number(`SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), expires_at) FROM holds WHERE hold_id = ${hold}`) - seconds);

test("letters about seats that are held, their end, and no payment", LONG, () => visit({}, async v => {
	await v.findSeats(stack.show("lumiere-2"), 2);
	await v.page.locator(".tell summary").click();
	await v.page.locator("#tell").fill("ana@example.org");
	await v.page.getByRole("button", { name: "Write to me about these seats" }).click();
	await v.page.waitForURL(/told=1/);
	const hold = stack.newestHold();

	await show(v, await letter("HOLD_ADDRESS_GIVEN"));
	await v.look("letter-held", { all: true });
	left(hold, 100);
	await stack.reap();
	await show(v, await letter("HOLD_ENDING"));
	await v.look("letter-hold-ending", { all: true });
	stack.later(hold, 700);
	await stack.reap();
	await show(v, await letter("BOOKING_RELEASED"));
	await v.look("letter-hold-ended", { all: true });
	await v.findSeats(stack.show("lumiere-2"), 2);
	await v.fillIn();
	await v.page.locator("#pay button.main").click();
	await v.page.waitForURL(url => url.origin !== stack.url);
	stack.later(stack.newestHold(), 1900);
	stack.sql("UPDATE payments SET ask_at = UTC_TIMESTAMP(3) WHERE state IN ('created', 'open')");
	await stack.reap();
	await stack.reap();
	await show(v, await letter("BOOKING_FAILED"));
	await v.look("letter-pay-failed", { all: true });
}));

test("a letter about a show that begins at another time", LONG, () => visit({}, async v => {
	const number = stack.show("lumiere-2");
	const [[day]] = stack.sql(`SELECT DATE(starts_local) FROM shows WHERE show_id = ${number}`);

	await buy(v, number);
	stack.ctl("show", "move", String(number), day, "23:43");
	await show(v, await letter("SHOW_MOVED"));
	await v.look("letter-moved", { all: true });
}));

test("a letter is whole with images off and without its style", LONG, () => visit({}, async v => {
	const parts = await letter("BOOKING_CONFIRMED");

	for (const part of parts)
		if (part.type === "text/html")
			part.bytes = Buffer.from(part.bytes.toString("utf8").replace(/<style>[^]*<\/style>/, "").replace(/src="cid:[^"]+"/g, "src=\"\""));
	await show(v, parts);
	await v.fits(NARROWEST);
	await v.picture("letter-bare-360", PHONE);
	assert.match(await v.page.locator("img").first().getAttribute("alt"), /^Code for the door: row .+, seat \d+/);
	assert.ok(readdirSync(join(stack.folder, "mail")).every(name => /^\d+-\d+\.eml$/.test(name)), "only whole letters are in the folder");
}));
