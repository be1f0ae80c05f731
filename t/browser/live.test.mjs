/* live.test.mjs - what the scripts add, and what must not depend on them: live seats, the clock, Back, double clicks, slow lines. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { otherHolds, soon } from "./others.mjs";
import { PHONE } from "./visitor.mjs";
import { come, stack, visit } from "./world.mjs";

test("a seat that another buyer takes is shown as held within five seconds, a chosen one is named", { timeout: 40000 }, () =>
	visit({}, async v => {
		const show = stack.show("lumiere-3");

		await v.go(`/shows/${show}`);
		const [a, b] = await v.tickTogether(2);
		const free = Number(await v.page.locator(".freenow b").first().innerText());
		const name = (await v.seat(a).getAttribute("aria-label")).match(/^Row (\w+) seat (\w+)/).slice(1).join("");

		assert.match(await v.page.locator(".bar .sum").innerText(), /· £\d+\.\d\d with all fees/);
		assert.equal(await otherHolds(show, [a]), 303);
		await soon(async () => /held by another buyer, may come back$/.test(await v.seat(a).getAttribute("aria-label")), 5.5, "held");
		assert.ok(await v.seat(a).isDisabled());
		assert.ok(await v.seat(b).isChecked(), "the other one stays chosen");
		assert.match(await v.page.locator(".bar .said").innerText(), new RegExp(`^${name} has just gone\\. .+ is still chosen\\.$`));
		assert.equal(Number(await v.page.locator(".freenow b").first().innerText()), free - 1);
		await v.accessible("a plan that lost a seat");
	}));

test("the plan says that it is not live while the box office is silent, ticks stay, and Refresh brings it back", { timeout: 90000 }, () =>
	visit({ width: PHONE }, async v => {
		const show = stack.show("lumiere-3");

		const asked = v.page.waitForResponse(/\/seats$/);

		await v.go(`/shows/${show}`);
		await asked;
		const ids = await v.tickTogether(2);

		stack.demo("stop", "foyerd");
		try {
			await soon(async () => /^Not live, last updated \d\d:\d\d/.test(await v.page.locator(".live").innerText()), 30, "Not live");
			for (const id of ids)
				assert.ok(await v.seat(id).isChecked());
			await v.resize(PHONE);
			await v.picture("map-not-live-360-light", PHONE, { whole: false });
		} finally {
			stack.demo("start", "foyerd");
		}
		await soon(async () => {
			await v.page.getByRole("button", { name: "Refresh" }).click({ timeout: 500 }).catch(() => {});
			return await v.page.locator(".live").innerText() === "";
		}, 15, "live again");
		for (const id of ids)
			assert.ok(await v.seat(id).isChecked());
	}));

test("the checkout's clock is said aloud at 5:00, 2:00, 1:00 and 0:30, and only then", { timeout: 40000 }, () => visit({}, async v => {
	await v.page.clock.install();
	await v.findSeats(stack.show("lumiere-3"));
	const said = v.page.locator("[data-say]"), clock = v.page.locator(".timer .clock");
	const passTo = async left => {
		const [minutes, seconds] = (await clock.innerText()).split(":").map(Number);

		await v.page.clock.fastForward((minutes * 60 + seconds - left) * 1000);
		await soon(async () => (await said.innerText(), true), 1, "");
	};

	assert.equal(await said.textContent(), "");
	await passTo(400);
	assert.equal(await said.textContent(), "");
	for (const [left, words] of [[300, "5 minutes"], [200, "5 minutes"], [120, "2 minutes"], [60, "1 minute"], [30, "30 seconds"]]) {
		await passTo(left);
		assert.equal(await said.textContent(), `${words} left for your seats.`, `at ${left} s`);
		assert.equal(await v.page.locator(".timer.ending").count(), left <= 120 ? 1 : 0);
	}
}));

test("Back after Hold shows a plan that can be used, and the same seats give the same hold", { timeout: 40000 }, () => visit({}, async v => {
	const show = stack.show("lumiere-3"), button = v.page.locator(".bar button.main");

	const asked = v.page.waitForResponse(/\/seats$/);

	await v.go(`/shows/${show}`);
	await asked;
	const ids = await v.tickTogether(2);

	await button.click();
	await v.page.waitForURL(/\/holds\//);
	const hold = v.page.url();

	await v.page.goBack();
	await v.page.waitForURL(/\/shows\/\d+$/);
	await v.page.waitForTimeout(4500);		/* the plan has been asked again meanwhile: they are ours, not "taken" */
	for (const id of ids) {
		assert.match(await v.seat(id).getAttribute("aria-label"), /, free$/);
		await v.seat(id).check();
	}
	assert.equal(await button.innerText(), "Hold 2 seats");
	await button.click();
	await v.page.waitForURL(hold);
	assert.equal(stack.number(`SELECT COUNT(*) FROM holds WHERE show_id = ${show} AND state = 'active'`), 1);
}));

/* The driver cannot follow the browser's own cache of whole pages, so the page is told what that cache would tell it. */
test("a plan that comes back as it was left, from the browser's memory, can be sent again", { timeout: 30000 }, () => visit({}, async v => {
	const show = stack.show("lumiere-3"), button = v.page.locator(".bar button.main");

	await v.go(`/shows/${show}`);
	await v.tickTogether(2);
	let answered;
	const sent = new Promise(resolve => { answered = resolve; });

	await v.page.route(/\/hold$/, route => route.fulfill({ status: 204 }).then(answered));
	await button.click({ noWaitAfter: true });
	await soon(async () => await v.page.locator(".bar .sum").innerText() === "Holding your seats…", 3, "says that it sends");
	assert.equal(await button.getAttribute("aria-disabled"), "true");
	await sent;
	await v.page.unroute(/\/hold$/);
	await v.page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
	assert.equal(await button.getAttribute("aria-disabled"), null);
	assert.match(await v.page.locator(".bar .sum").innerText(), /with all fees/);
	await button.click();
	await v.page.waitForURL(/\/holds\//);
}));

test("a double click on Hold and on Pay sends once; without a script twice gives the same hold", { timeout: 60000 }, async () => {
	await visit({}, async v => {
		const posts = [];

		v.page.on("request", r => r.method() === "POST" && posts.push(new URL(r.url()).pathname.split("/").at(-1)));
		await v.go(`/shows/${stack.show("lumiere-3")}`);
		await v.tickTogether(2);
		await v.page.locator(".bar button.main").dblclick({ noWaitAfter: true });
		await v.page.waitForURL(/\/holds\//);
		await v.fillIn();
		await v.page.locator("#pay button.main").dblclick({ noWaitAfter: true });
		await v.page.waitForURL(url => url.origin === stack.provider);
		assert.deepEqual(posts, ["hold", "pay"]);
	});
	await visit({ js: false }, async v => {
		const show = stack.show("lumiere-3");

		await v.go(`/shows/${show}`);
		await v.tickTogether(2);
		await v.page.locator(".bar button.main").dblclick({ noWaitAfter: true });
		await v.page.waitForURL(/\/holds\//);
		assert.equal(stack.number(`SELECT COUNT(*) FROM holds WHERE show_id = ${show} AND state = 'active'`), 1);
		assert.match(await v.heading(), /Your seats/);
	});
});

test("a slip in the e-mail address is questioned, what was typed survives another page", { timeout: 30000 }, () => visit({}, async v => {
	await v.findSeats(stack.show("lumiere-3"));
	await v.page.locator("#email").fill("ana@gmial.com");
	await v.page.locator("#name").fill("Ana Example");
	assert.equal(await v.page.locator(".again b").innerText(), "ana@gmial.com");
	assert.match(await v.page.locator(".typo").innerText(), /Did you mean ana@gmail\.com\?/);
	await v.page.locator(".typo button").click();
	assert.equal(await v.page.locator("#email").inputValue(), "ana@gmail.com");
	await v.page.getByRole("button", { name: "5 more minutes" }).click();
	await v.page.waitForURL(/\/holds\//);
	await v.page.waitForLoadState();
	assert.equal(await v.page.locator("#email").inputValue(), "ana@gmail.com");
	assert.equal(await v.page.locator("#name").inputValue(), "Ana Example");
}));

test("choices in two sections of a big hall add up to one hold, with and without a script", { timeout: 60000 }, async () => {
	for (const js of [true, false])
		await visit({ js }, async v => {
			const show = stack.show("thames-hall-great");

			await v.go(`/shows/${show}`);
			const sections = await v.page.locator(".sections a:not(.out)").evaluateAll(links => links.map(a => a.getAttribute("href")));

			for (const [i, path] of sections.slice(0, 2).entries()) {
				await v.go(path);
				await v.tickTogether(2);
				if (!js || i === 1) {
					await v.page.locator(".bar button.main").click();
					await v.page.waitForURL(/\/holds\//);
				}
			}
			assert.equal(await v.page.locator(".basket li").count(), 4);
			assert.equal(stack.number(`SELECT COUNT(*) FROM holds WHERE show_id = ${show} AND state = 'active'`), 1);
		});
});

const zipped = path => execFileSync("curl", ["-sS", "-H", "Accept-Encoding: gzip", stack.url + path]).length;

test("a plan of 200 seats takes at most 25 KB, and can be ticked and sent before any script arrives", { timeout: 60000 }, async () => {
	const show = stack.show("lumiere-1"), v = await come({ width: PHONE });
	const client = await v.context.newCDPSession(v.page);
	let bytes = 0;

	assert.ok(zipped(`/shows/${show}`) <= 25 * 1024, `${zipped(`/shows/${show}`)} bytes`);
	/* A line of 400 kbit/s with 400 ms delay, on which the scripts never arrive. */
	await client.send("Network.enable");
	await client.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 50000, uploadThroughput: 50000 });
	client.on("Network.loadingFinished", e => { bytes += e.encodedDataLength; });
	await v.page.route(/\.js$/, () => {});
	const from = Date.now();

	await v.page.goto(`/shows/${show}`, { waitUntil: "commit" });
	await v.page.locator("#pick .bar, .bar").waitFor();
	const ids = await v.tickTogether(2), took = Date.now() - from;

	assert.ok(bytes <= 25 * 1024, `${bytes} bytes for the page and its sheets`);
	assert.ok(await v.seat(ids[0]).isChecked());
	console.log(`# page and sheets: ${bytes} bytes, ticked ${took} ms after the click on a slow line`);
	await v.page.locator(".bar button.main").click();
	await v.page.waitForURL(/\/holds\//, { waitUntil: "commit" });
	await v.context.close();
});
