/* purchase.test.mjs - the whole main job: from the front page to tickets that scan, with and without JavaScript, and by keyboard. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, verify } from "node:crypto";
import { join } from "node:path";
import test from "node:test";
import { NARROWEST, PHONE, screens, WIDE } from "./visitor.mjs";
import { stack, visit } from "./world.mjs";

/* Halls that are shown whole, of cinemas in London; their shows from tomorrow on can be bought at any hour. */
const halls = ["lumiere-1", "lumiere-2", "lumiere-3"];
const showsOf = date => new Set(stack.sql(`SELECT s.show_id FROM shows s JOIN halls h ON h.hall_id = s.hall_id
	JOIN show_sales k ON k.show_id = s.show_id
	WHERE h.slug IN (${halls.map(h => `'${h}'`)}) AND s.local_date = '${date}' AND k.hold_seconds = 600
	AND (SELECT COUNT(*) FROM show_seats x WHERE x.show_id = s.show_id AND x.status = 'available') > 40`).map(r => r[0]));

/* On the city's page: a time of the third day that leads to such a hall, another one each time, for pages may be some seconds old. */
let turn = 0;
const chooseDay = async v => {
	const day = v.page.locator(".days a").nth(2);

	await day.click();
	await v.page.waitForURL(/date=/);
};

const timeLink = async v => {
	const good = [...showsOf(new URL(v.page.url()).searchParams.get("date"))];

	assert.ok(good.length > 3, "too few shows to choose from");
	return v.page.locator(`a.time[href$="/${good[turn++ % good.length]}"]`);
};

/* The key's public half, as a door would have it. */
const publicKey = () => {
	const seed = Buffer.from(stack.secret("ticket_key"), "hex");
	const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);

	return createPublicKey(createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
};

const scan = file => execFileSync("zbarimg", ["--quiet", "--raw", "-S*.disable", "-Sqrcode.enable", file],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

const checkTicket = text => {
	const parts = text.match(/^(F1\.(\d+)\.(\d+)\.(\d+)\.([0-9a-f]{1,10}))\.([\w-]{86})$/);

	assert.ok(parts, `no ticket: ${text}`);
	assert.ok(text.length <= 120);
	assert.ok(verify(null, Buffer.from(parts[1]), publicKey(), Buffer.from(parts[6], "base64url")), "the signature does not hold");
	return { show: Number(parts[3]), seat: Number(parts[4]) };
};

const scanTickets = async (v, name) => {
	const codes = v.page.locator(".qr"), found = [];

	for (let i = 0; i < await codes.count(); i++) {
		const file = join(screens, `${name}-qr-${i}.png`);

		await codes.nth(i).screenshot({ path: file });
		found.push(checkTicket(scan(file)));
	}
	return found;
};

const buy = async (v, name, width) => {
	await v.go("/");
	await v.fits(NARROWEST);
	await v.resize(width);
	await v.page.getByRole("link", { name: /^London/ }).click();
	await v.page.waitForURL(/\/london$/);
	await chooseDay(v);
	await v.fits(NARROWEST);
	await v.resize(width);
	await (await timeLink(v)).click();
	await v.page.waitForURL(/\/shows\/\d+$/);
	const show = Number(v.page.url().split("/").at(-1));

	await v.fits(NARROWEST);
	await v.resize(width);
	const ids = await v.tickTogether(2);

	await v.picture(`purchase-${name}-hall`, width, { whole: false });
	await v.page.locator(".bar button.main").click();
	await v.page.waitForURL(/\/holds\//);
	await v.fits(NARROWEST);
	await v.resize(width);
	const price = (await v.page.locator("#pay button.main").innerText()).replace("Pay ", "");

	await v.fillIn();
	await v.page.locator("#pay button.main").click();
	await v.page.waitForURL(url => url.origin === stack.provider);
	assert.match(await v.page.locator("body").innerText(), /Test payment, no money moves/);
	assert.ok((await v.page.locator("body").innerText()).includes(price), "the provider asks for what we said");
	await v.page.getByRole("button", { name: /^Pay/ }).first().click();
	await v.page.waitForURL(url => url.origin === stack.url);
	await v.untilTickets();
	await v.fits(NARROWEST);
	await v.resize(width);
	assert.match(await v.heading(), /^You’re going to /);
	assert.ok((await v.page.locator("body").innerText()).includes(price));
	const tickets = await scanTickets(v, `purchase-${name}`);

	assert.deepEqual(tickets.map(t => t.seat).sort(), ids.map(Number).sort());
	assert.ok(tickets.every(t => t.show === show));
	assert.equal(stack.number(`SELECT COUNT(*) FROM show_seats WHERE show_id = ${show} AND status = 'confirmed' AND seat_id IN (${ids})`), 2);
};

for (const js of [true, false])
	for (const width of [PHONE, WIDE])
		for (const scheme of ["light", "dark"])
			test(`a stranger buys two seats and their tickets scan: ${js ? "with" : "without"} JavaScript, ${width} px, ${scheme}`,
			    { timeout: 60000 }, () => visit({ js, width, scheme }, v =>
				buy(v, `${js ? "script" : "plain"}-${width}-${scheme}`, width)));

/* ---- by keyboard alone ---- */

/* Tab until the focus is on an element that fits; it must be visible when it has the focus, not under the bar. */
const tabTo = async (v, fits, most = 400) => {
	for (let i = 0; i < most; i++) {
		await v.page.keyboard.press("Tab");
		const at = v.page.locator(":focus");

		if (!await at.count())
			continue;
		const state = await at.evaluate((e, selector) => {
			const box = e.getBoundingClientRect(), bar = document.querySelector(".bar")?.getBoundingClientRect();
			const hidden = bar && getComputedStyle(document.querySelector(".bar")).position === "fixed" && !e.closest(".bar") &&
			    box.bottom > bar.top + 1 && box.height < 200;

			return { fits: e.matches(selector), hidden, what: e.outerHTML.slice(0, 120) };
		}, fits);

		assert.ok(!state.hidden, `the focus is hidden under the bar: ${state.what}`);
		if (state.fits)
			return at;
	}
	throw new Error(`Tab never came to ${fits}`);
};

const press = (v, ...keys) => keys.reduce((before, key) => before.then(() => v.page.keyboard.press(key)), Promise.resolve());

const buyByKeyboard = async (v, js) => {
	await v.go("/");
	await tabTo(v, ".skip");
	await tabTo(v, "a.citycard[href='/london']");
	await press(v, "Enter");
	await v.page.waitForURL(/\/london$/);
	const second = await v.page.locator(".days a").nth(2).getAttribute("href");

	await tabTo(v, `.days a[href="${second}"]`);
	await press(v, "Enter");
	await v.page.waitForURL(/date=/);
	const path = await (await timeLink(v)).getAttribute("href");

	await tabTo(v, `a.time[href="${path}"]`);
	await press(v, "Enter");
	await v.page.waitForURL(/\/shows\/\d+$/);
	if (js) {
		/* Tab goes from row to row, the arrows from seat to seat. */
		await tabTo(v, "#pick label.f input");
		const first = await v.page.locator(":focus").getAttribute("aria-label");

		await press(v, "ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft", "End", "Home");
		const row = await v.page.locator(":focus").getAttribute("aria-label");

		assert.notEqual(row.split(" ")[1], first.split(" ")[1], "ArrowDown leads to another row");
		await tabTo(v, "#pick label.f input");
		const next = await v.page.locator(":focus").getAttribute("aria-label");

		assert.notEqual(next.split(" ")[1], row.split(" ")[1], "a row is one tab stop");
	} else {
		/* A link in front of each row leads to the next one. */
		await tabTo(v, ".hop");
		await press(v, "Enter");
		await tabTo(v, ".hop");
		await press(v, "Enter");
	}
	/* A seat whose choice leaves nobody alone: take what Tab finds, and the fix that is offered where the house asks for one. */
	await tabTo(v, "#pick label.f input");
	await press(v, "Space");
	assert.ok(await v.page.locator(":focus").isChecked());
	if (js)
		assert.equal(await v.page.locator(".bar .main").innerText(), "Hold 1 seat");
	await tabTo(v, ".bar .main");
	await press(v, "Enter");
	await v.page.waitForURL(/\/holds\/|\/hold$/);
	if (/\/hold$/.test(v.page.url())) {
		await tabTo(v, ".note form button");
		await press(v, "Enter");
	}
	await v.page.waitForURL(/\/holds\//);
	await tabTo(v, "#email");
	await v.page.keyboard.type("ana@example.org");
	await tabTo(v, "#name");
	await v.page.keyboard.type("Ana Example");
	/* Enter pays; it never removes. */
	await press(v, "Enter");
	await v.page.waitForURL(url => url.origin === stack.provider);
	await tabTo(v, "button[value=pay]");
	await press(v, "Enter");
	await v.page.waitForURL(url => url.origin === stack.url);
	await v.untilTickets();
	await scanTickets(v, `purchase-keyboard-${js ? "script" : "plain"}`);
};

for (const js of [true, false])
	test(`the keyboard alone buys a seat, ${js ? "with" : "without"} JavaScript, on a phone's width`, { timeout: 90000 },
	    () => visit({ js, width: PHONE }, v => buyByKeyboard(v, js)));
