/*
 * live_seats.test.mjs - what is said on a show's stream, and what a plan makes of it: at once, at the second a hold ends, after a break,
 * after a loss, without a stream, and of messages that are none.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import test from "node:test";
import { come, stack, visit } from "./world.mjs";
import { otherHolds, soon } from "./others.mjs";

/* As foyer-relay does it; nginx's status. */
const publish = (show, body) => new Promise((done, failed) => {
	const text = typeof body === "string" ? body : JSON.stringify(body);

	request({ socketPath: join(stack.folder, "run/live.sock"), method: "POST", path: `/shows/${show}` },
		answer => answer.resume().on("end", () => done(answer.statusCode))).on("error", failed).end(text);
});

let numbers = Date.now();
const news = (show, seats, n = ++numbers) => ({ show, n, at: Date.now(), seats });

const isList = url => /\/shows\/\d+\/seats$/.test(url.pathname);
const spoken = (v, id) => v.seat(id).getAttribute("aria-label");
const isHeld = (v, id) => soon(async () => /held by another buyer, may come back$/.test(await spoken(v, id)), 10, `${id} held`);
const isFree = (v, id) => soon(async () => /, free$/.test(await spoken(v, id)), 10, `${id} free`);
const freeNow = async v => Number(await v.page.locator(".freenow b").first().innerText());
const barNow = v => v.page.locator(".count meter").evaluate(m => m.value);

/* A plan that listens and has asked for its first list; from then on it asks in vain, so that all it hears is the stream. */
const comeToListen = async (v, show) => {
	const opened = v.page.waitForResponse(/\/live\/shows\/\d+$/), asked = v.page.waitForResponse(r => isList(new URL(r.url())));

	await v.go(`/shows/${show}`);
	assert.equal((await opened).status(), 200);
	assert.equal((await (await asked).json()).show, show);
	await v.page.waitForTimeout(700);		/* the one after the stream was opened */
	await v.page.route(isList, route => route.abort());
};

const freeSeats = v => v.page.locator("#pick label.f:not(.wc, .co, .rv) input").evaluateAll(list => list.map(i => i.value));
const everything = v => v.page.locator("#pick").evaluate(form => [...form.querySelectorAll("label")].map(l =>
	[...l.classList].filter(c => c !== "gone").sort().join(" ") +
	` ${l.firstChild.getAttribute("aria-label")} ${l.firstChild.checked} ${l.firstChild.disabled}`).join("\n") +
	form.querySelector(".freenow").innerText + form.querySelector("meter").value + document.querySelector(".bar").innerText);

test("a seat is held, free again and sold on the plan as the stream says it, and counter, bar and sentence follow", { timeout: 40000 }, () =>
	visit({}, async v => {
		const show = stack.show("lumiere-3");

		await comeToListen(v, show);
		const [id, other] = await freeSeats(v), free = await freeNow(v), later = Date.now() + 600000;

		await publish(show, news(show, [[Number(id), "held", 7, later]]));
		await isHeld(v, id);
		assert.ok(await v.seat(id).isDisabled());
		assert.deepEqual([await freeNow(v), await barNow(v)], [free - 1, free - 1]);
		await soon(async () => / was taken a moment ago\.$/.test(await v.page.locator(".news").innerText()), 5, "said");
		assert.equal(await v.page.locator(".news").getAttribute("role"), "status");
		await v.accessible("a plan on which a seat was just taken");
		await publish(show, news(show, [[Number(id), "free", 8]]));
		await isFree(v, id);
		assert.deepEqual([await freeNow(v), await barNow(v)], [free, free]);
		await publish(show, news(show, [[Number(id), "sold", 9], [Number(other), "held", 3, later]]));
		await soon(async () => /, sold$/.test(await spoken(v, id)), 10, "sold");
		assert.equal(await freeNow(v), free - 2);
	}));

test("one visitor's hold appears on another's plan at once, and goes with the hold", { timeout: 40000 }, async () => {
	const ann = await come({}), bob = await come({}), show = stack.show("lumiere-3");

	await comeToListen(ann, show);			/* which from then on hears the stream alone */
	await bob.go(`/shows/${show}`);
	const ids = await bob.tickTogether(2);

	await bob.page.locator(".bar button.main").click();
	await bob.page.waitForURL(/\/holds\//);
	for (const id of ids)
		await isHeld(ann, id);
	await bob.page.getByRole("button", { name: "5 more minutes" }).click();
	await bob.page.waitForURL(/\/holds\//);
	await bob.page.getByRole("button", { name: /^Remove/ }).first().click();
	await soon(async () => (await Promise.all(ids.map(id => spoken(ann, id)))).filter(s => /, free$/.test(s)).length === 1, 10, "one free");
	await bob.leave();
	await ann.leave();
});

/* On the plan, with its first list heard; the seats of this visitor's own hold are shown free. */
const holdTwo = async (v, show) => {
	const asked = v.page.waitForResponse(r => isList(new URL(r.url())));

	await v.go(`/shows/${show}`);
	await asked;
	const ids = await v.tickTogether(2);

	await v.page.locator(".bar button.main").click();
	await v.page.waitForURL(/\/holds\//);
	return ids;
};

test("one's own seat is shown free until it was given back; whoever takes it then is another", { timeout: 60000 }, () => visit({}, async v => {
	const show = stack.show("lumiere-3"), ids = await holdTwo(v, show), later = Date.now() + 600000;

	await comeToListen(v, show);
	for (const id of ids)
		await isFree(v, id);
	await publish(show, news(show, [[Number(ids[0]), "free", 50]]));
	await publish(show, news(show, [[Number(ids[0]), "held", 51, later], [Number(ids[1]), "held", 52, later]]));
	await isHeld(v, ids[0]);
	assert.match(await spoken(v, ids[1]), /, free$/, "held for longer is still one's own");
}));

test("seats of a hold that was given back, or is over, are another's when another holds them", { timeout: 60000 }, () => visit({}, async v => {
	for (const end of ["given back", "over"]) {
		const show = stack.show("lumiere-3"), ids = await holdTwo(v, show);

		if (end === "given back") {
			await v.page.getByRole("button", { name: "Give all back" }).click();
		} else {
			stack.later(stack.newestHold(), 4000);
			await v.page.reload();
		}
		await v.page.getByRole("button", { name: "Take them again" }).waitFor();
		assert.equal(await otherHolds(show, ids), 303);
		await v.go(`/shows/${show}`);
		await v.page.waitForResponse(r => isList(new URL(r.url())));
		for (const id of ids)
			await isHeld(v, id);
	}
}));

test("a hold that ends frees its seat at its moment, though nobody says so, and not earlier", { timeout: 40000 }, () =>
	visit({}, async v => {
		const show = stack.show("lumiere-3");

		await comeToListen(v, show);
		const [id] = await freeSeats(v), until = Date.now() + 3000;

		await publish(show, news(show, [[Number(id), "held", 7, until]]));
		await isHeld(v, id);
		await isFree(v, id);
		assert.ok(Date.now() > until - 200, `${until - Date.now()} ms too early`);
		/* told again what has ended meanwhile, and what is older still */
		await publish(show, news(show, [[Number(id), "held", 7, until]]));
		await publish(show, news(show, [[Number(id), "sold", 6]]));
		await publish(show, news(show, [[Number((await freeSeats(v))[1]), "held", 1, Date.now() + 600000]]));
		await soon(async () => (await v.page.locator("#pick label.h").count()) > 0, 5, "the last one heard");
		assert.match(await spoken(v, id), /, free$/);
	}));

test("a chosen seat that is taken is named in the summary, the other one stays chosen", { timeout: 40000 }, () => visit({}, async v => {
	const show = stack.show("lumiere-3");

	await comeToListen(v, show);
	const [a, b] = await v.tickTogether(2);

	await publish(show, news(show, [[Number(a), "held", 7, Date.now() + 600000]]));
	await isHeld(v, a);
	assert.match(await v.page.locator(".bar .said").innerText(), /^\w+ has just gone\. .+ is still chosen\.$/);
	assert.ok(await v.seat(b).isChecked());
}));

test("messages that are malformed, of another show, or older than what is known change nothing", { timeout: 40000 }, () =>
	visit({}, async v => {
		const show = stack.show("lumiere-3"), later = Date.now() + 600000;

		await comeToListen(v, show);
		const [a, b, c] = (await freeSeats(v)).map(Number), seat = [a, "held", 50, later];

		await publish(show, news(show, [[b, "free", 9]]));
		const before = await everything(v);
		const bad = ["", "null", "17", "[]", "{", "<p>held</p>", "\u0000", `{"seats":[${JSON.stringify(seat)}]}`,
			news(show + 1, [seat]), news(String(show), [seat]), { ...news(show, [seat]), at: "now" }, { ...news(show, [seat]), n: null },
			news(show, { 0: seat }), news(show, [seat, null]), news(show, [seat, [b]]), news(show, [seat, [b, "gone", 50]]),
			news(show, [seat, [b, "held", 50]]), news(show, [seat, [b, "held", 50, "soon"]]), news(show, [seat, [b, "sold", -1]]),
			news(show, [seat, [b, "sold", 1.5]]), news(show, [seat, ["x", "sold", 50]]), news(show, [[b, "sold", 8], [999999, "sold", 50]]),
			news(show, [["__proto__", "sold", 50]]), JSON.stringify(news(show, [seat])).slice(0, -1)];

		for (const body of bad)
			assert.ok([201, 202].includes(await publish(show, body)) || body === "", JSON.stringify(body));
		await publish(show, news(show, [[c, "held", 50, later]]));
		await isHeld(v, String(c));
		await publish(show, news(show, [[c, "free", 51]]));
		await isFree(v, String(c));
		assert.equal(await everything(v), before);
	}));

test("a message that was lost is noticed by the next, and the list heals the plan", { timeout: 60000 }, () => visit({}, async v => {
	const show = stack.show("lumiere-3");

	stack.demo("stop", "relay");			/* so that nobody tells of the hold */
	try {
		await v.page.clock.install();
		await v.go(`/shows/${show}`);
		await v.page.clock.runFor(4000);
		const [a] = await freeSeats(v);
		let lists = 0;

		await publish(show, news(show, []));
		await v.page.waitForTimeout(500);
		await v.page.clock.runFor(4000);		/* what was due before that message; from then on the next is due in 12 s */
		v.page.on("request", r => { lists += isList(new URL(r.url())); });
		assert.equal(await otherHolds(show, [a]), 303);
		await publish(show, news(show, []));		/* the next number: nothing to ask for */
		await v.page.waitForTimeout(500);
		await v.page.clock.runFor(2000);
		assert.equal(lists, 0);
		assert.match(await spoken(v, a), /, free$/);
		numbers++;
		await publish(show, news(show, []));
		/* A list may be three seconds old, so it may have to ask again; but this is over before it would have asked anyway. */
		for (let ran = 0; ran < 5400 && !/held by another/.test(await spoken(v, a)); ran += 300) {
			await v.page.clock.runFor(300);
			await v.page.waitForTimeout(300);
		}
		assert.ok(lists > 0);
		assert.match(await spoken(v, a), /held by another buyer, may come back$/);
	} finally {
		stack.demo("start", "relay");
	}
}));

test("a plan listens again after nginx was away, and knows what happened meanwhile", { timeout: 90000 }, () => visit({}, async v => {
	const show = stack.show("lumiere-3"), streams = [];

	v.page.on("request", r => {
		if (/\/live\/shows\//.test(r.url()))
			streams.push(r.headers()["last-event-id"]);
	});
	await comeToListen(v, show);
	const [a, b] = await freeSeats(v);

	await publish(show, news(show, [[Number(a), "held", 7, Date.now() + 600000]]));
	await isHeld(v, a);
	stack.demo("stop", "nginx");
	stack.sql(`UPDATE show_seats SET status = 'blocked', version = 20 WHERE show_id = ${show} AND seat_id = ${b}`);
	await v.page.unroute(isList);
	stack.demo("start", "nginx");
	await soon(async () => /, not on sale$/.test(await spoken(v, b)), 30, "the list was asked for");
	await soon(async () => streams.length > 1, 30, "listens again");
	await soon(async () => {
		await publish(show, news(show, [[Number(a), "free", 8]]));
		return /, free$/.test(await spoken(v, a));
	}, 30, "hears again");
	assert.equal(await v.page.locator(".live").innerText(), "");
}));

test("the sections of a big hall count what is held meanwhile, whoever looks keeps the focus, and it says when it only asks", { timeout: 90000 }, () =>
	visit({}, async v => {
		const show = stack.show("thames-hall-great"), noStream = /\/live\/shows\//;
		/* the first seat of a row in which all are free */
		const [[id, slug]] = stack.sql(`SELECT MIN(k.seat_id), MAX(s.slug) FROM show_seats k JOIN seats t ON t.seat_id = k.seat_id
			JOIN sections s ON s.section_id = t.section_id WHERE k.show_id = ${show} GROUP BY t.section_id, t.row_label
			HAVING SUM(k.status <> 'available' OR t.kind <> 'standard') = 0 AND COUNT(*) > 4 LIMIT 1`);
		const section = v.page.locator(`.sections .sect[href$="/${slug}"]`);
		const freeThere = async () => Number((await section.innerText()).match(/(\d+) of \d+ free/)[1]);

		await v.go(`/shows/${show}`);
		const there = await freeThere(), free = await freeNow(v);

		await section.focus();
		assert.equal(await otherHolds(show, [id]), 303);
		await soon(async () => await freeThere() === there - 1, 40, "one less in the section");
		assert.deepEqual([await freeNow(v), await barNow(v)], [free - 1, free - 1]);
		assert.match(await v.page.locator(`.plan .sect[href$="/${slug}"]`).innerText(), new RegExp(`${there - 1} free$`));
		assert.ok(await section.evaluate(a => a === document.activeElement));
		assert.equal(await v.page.locator(".live").innerText(), "");
		await v.page.route(noStream, route => route.fulfill({ status: 404, body: "" }));
		await v.page.reload();
		await soon(async () => await v.page.locator(".live").innerText() === "Checked every few seconds", 20, "says so");
		await v.accessible("sections without a stream");
	}));

test("without a stream the plan asks every few seconds and says so, and is live again when there is one", { timeout: 90000 }, () =>
	visit({}, async v => {
		const show = stack.show("lumiere-3"), noStream = /\/live\/shows\//;

		await v.page.route(noStream, route => route.fulfill({ status: 404, body: "" }));
		await v.go(`/shows/${show}`);
		const [a, b] = await v.tickTogether(2);

		await soon(async () => await v.page.locator(".live").innerText() === "Checked every few seconds", 20, "says so");
		assert.equal(await v.page.locator(".live").getAttribute("role"), "status");
		await v.accessible("a plan without a stream");
		assert.equal(await otherHolds(show, [a]), 303);
		await isHeld(v, a);
		assert.ok(await v.seat(b).isChecked());
		await v.page.unroute(noStream);
		await v.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
		await soon(async () => await v.page.locator(".live").innerText() === "", 20, "live again");
	}));

test("who is turned away from the stream by the limit of an address still has a plan", { timeout: 40000 }, () => visit({}, async v => {
	const show = stack.show("lumiere-3");

	await v.page.route(/\/live\/shows\//, route => route.fulfill({ status: 429, headers: { "Retry-After": "5" }, body: "" }));
	await v.go(`/shows/${show}`);
	const [a] = await freeSeats(v);

	assert.equal(await otherHolds(show, [a]), 303);
	await isHeld(v, a);
}));

test("a plan that nobody looks at leaves the stream", { timeout: 40000 }, async () => {
	const v = await come({}), show = stack.show("lumiere-3");
	/* nginx writes a request down when it ends. */
	const ended = () => readFileSync(join(stack.folder, "log/foyer-access.log"), "utf8").includes(`path="/live/shows/${show}"`);

	await comeToListen(v, show);
	await v.page.waitForTimeout(1500);
	assert.equal(ended(), false);
	await v.page.evaluate(() => {
		Object.defineProperty(document, "hidden", { value: true, configurable: true });
		document.dispatchEvent(new Event("visibilitychange"));
	});
	await soon(async () => ended(), 10, "left");
	await v.leave();
});
