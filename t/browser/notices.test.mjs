/*
 * notices.test.mjs - a buyer who is called away: the address for a link, the link on a phone without any script, and what their own pages
 * say of seats whose time is nearly up, is up, and of a show that begins at another time.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { PHONE } from "./visitor.mjs";
import { stack, visit } from "./world.mjs";

const LONG = { timeout: 120000 };

/* The path of the newest link to held seats that was written to this address, as soon as the letter is there. */
const linkFor = async address => {
	const folder = join(stack.folder, "mail");

	for (let i = 0; i < 300; i++) {
		for (const name of readdirSync(folder).filter(n => n.endsWith(".eml")).sort().reverse()) {
			const text = readFileSync(join(folder, name), "latin1").replace(/=\r?\n/g, "").replace(/=3D/g, "=");
			const link = text.includes(`To: ${address}`) && /\/holds\/[\w-]{40}\/here/.exec(text);

			if (link)
				return link[0];
		}
		await new Promise(done => setTimeout(done, 100));
	}
	throw new Error(`no letter to ${address}`);
};

const left = (hold, seconds) =>
	stack.later(hold, stack.number(`SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), expires_at) FROM holds WHERE hold_id = ${hold}`) - seconds);

test("an address for held seats, the link on a phone without any script, and their end", LONG, () => visit({}, async v => {
	await v.findSeats(stack.show("lumiere-2"));
	const url = v.page.url(), hold = stack.newestHold();

	await v.look("tell-closed");
	await v.page.locator(".tell summary").click();
	await v.page.locator(".tell form").evaluate(f => { f.noValidate = true; });
	await v.page.locator("#tell").fill("ana@example");
	await v.page.getByRole("button", { name: "Write to me about these seats" }).click();
	await v.page.waitForURL(/\/address$/);
	assert.equal(await v.page.locator("#tell").inputValue(), "ana@example", "what was typed is kept");
	await v.look("tell-typed-wrongly");
	await v.page.locator("#tell").fill("ana.notices@example.org");
	await v.page.getByRole("button", { name: "Write to me about these seats" }).click();
	await v.page.waitForURL(/told=1/);
	assert.match(await v.page.locator(".tell").innerText(), /on its way to ana\.notices@example\.org/);
	assert.equal(await v.page.locator("#email").inputValue(), "ana.notices@example.org", "it is typed once");
	await v.look("tell-told", { all: true });
	const link = await linkFor("ana.notices@example.org");

	await visit({ js: false, width: PHONE }, async phone => {
		await phone.go(link);
		assert.match(await phone.heading(), /Your seats are kept/);
		await phone.page.getByRole("button", { name: "Go on in this browser" }).click();
		await phone.page.waitForURL(url);
	});
	await visit({}, async other => {
		await other.go(link);
		await other.look("tell-here", { all: true });
	});
	left(hold, 90);
	await v.go("/holds");
	assert.match(await v.page.locator("main").innerText(), /nearly up/);
	await v.look("your-seats-nearly-up");
	stack.later(hold, 700);
	await stack.reap();
	await v.go("/holds");
	assert.match(await v.page.locator("main").innerText(), /What happened lately/);
	await v.look("your-seats-news", { all: true });
	await v.page.getByRole("link", { name: "See what is free" }).click();
	assert.match(await v.heading(), /Time is up/);
}));

test("a show that begins at another time says so with the tickets", LONG, () => visit({}, async v => {
	const show = stack.show("lumiere-2");
	const [[day]] = stack.sql(`SELECT DATE(starts_local) FROM shows WHERE show_id = ${show}`);

	await v.findSeats(show);
	await v.fillIn();
	await v.pay();
	await v.untilTickets();
	stack.ctl("show", "move", String(show), day, "23:17");
	await v.page.reload();
	assert.match(await v.page.locator(".note.warn").innerText(), /had to move this show/);
	await v.look("tickets-moved", { all: true });
	await v.go("/holds");
	await v.look("your-seats-moved");
}));
