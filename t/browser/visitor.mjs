/*
 * visitor.mjs - people at the site: one browser for all, a context of its own for each of them, and a record of whatever the browser
 * complained about. Screenshots, and the pages as they were sent, are kept in $FOYER_BUILD/screens/.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { build } from "./stack.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const screens = join(build, "screens");
export const pagesFolder = join(screens, "html");
rmSync(screens, { recursive: true, force: true });
mkdirSync(pagesFolder, { recursive: true });

export const WIDE = 1280, PHONE = 360, NARROWEST = 320;
const HEIGHTS = { [WIDE]: 800, [PHONE]: 740 };

export const openBrowser = () => chromium.launch({
	executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--hide-scrollbars"],
});

/* A page that answers 404 is said to have failed to load; that is no complaint of the browser about us. */
const isComplaint = message =>
	message.type() === "error" && !/^Failed to load resource: the server responded with a status of [45]\d\d/.test(message.text()) &&
	!/net::ERR_(FAILED|ABORTED|CONNECTION|INTERNET)/.test(message.text());

export class Visitor {
	/* options: { js: true, width: 1280, scheme: "light" } */
	static async come(browser, stack, { js = true, width = WIDE, scheme = "light", ...more } = {}) {
		const v = new Visitor();

		v.stack = stack;
		v.complaints = [];
		v.context = await browser.newContext({ baseURL: stack.url, javaScriptEnabled: js, colorScheme: scheme, locale: "en-GB",
			reducedMotion: "reduce", viewport: { width, height: HEIGHTS[width] || 800 }, ...more });
		v.context.setDefaultTimeout(15000);
		v.context.on("console", m => {
			if (isComplaint(m))
				v.complaints.push(`${m.page()?.url()}: ${m.text()}`);
		});
		v.context.on("weberror", e => v.complaints.push(`${e.page()?.url()}: ${e.error()}`));
		v.page = await v.newPage();
		return v;
	}

	async newPage() {
		const page = await this.context.newPage();

		page.on("response", response => {
			if (response.request().isNavigationRequest() && response.frame() === page.mainFrame() &&
			    !(response.status() >= 300 && response.status() < 400))
				this.sent = response.text().catch(() => "");
		});
		return page;
	}

	go(path) {
		return this.page.goto(path, { waitUntil: "load" });
	}

	heading() {
		return this.page.locator("h1").first().innerText();
	}

	async leave() {
		await this.context.close();
		assert.deepEqual(this.complaints, [], "the browser complained");
	}

	/* The page never scrolls sideways. */
	async fits(width) {
		await this.resize(width);
		const over = await this.page.evaluate(() => {
			const root = document.documentElement, wide = root.clientWidth;
			const guilty = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > wide + 1 &&
			    !e.closest(".box, .days")).map(e => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`);

			return root.scrollWidth > wide ? `${location.pathname}: ${root.scrollWidth} > ${wide}: ${guilty.slice(0, 4)}` : "";
		});

		assert.equal(over, "", `scrolls sideways at ${width}`);
	}

	resize(width, height = HEIGHTS[width] || 740) {
		return this.page.setViewportSize({ width, height });
	}

	/*
	 * axe-core: nothing serious or critical. The pages that wait load themselves again every few seconds, for without a script that is
	 * the only way to learn how a payment stands; nothing that was typed or read is lost by it.
	 */
	async accessible(about) {
		await this.page.evaluate(`${axeSource}; 0`);
		const found = await this.page.evaluate(() => axe.run(document, { resultTypes: ["violations"],
			rules: { "meta-refresh": { enabled: false } },
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then(result => result.violations
			.filter(v => ["serious", "critical"].includes(v.impact))
			.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => `${n.html.slice(0, 160)} ${n.any.map(a => a.message).join("; ")}`).join("\n    ")}`)));

		assert.deepEqual(found, [], `axe-core, ${about}`);
	}

	/* The page as it was sent, for the HTML checker. */
	async keepHtml(name) {
		const html = await this.sent;

		if (html)
			writeFileSync(join(pagesFolder, `${name}.html`), html);
	}

	/* One picture of the whole page, a bar at the foot included. */
	async picture(name, width, { whole = true } = {}) {
		if (whole) {
			const high = await this.page.evaluate(() => document.documentElement.scrollHeight);

			await this.resize(width, Math.min(Math.max(high, HEIGHTS[width] || 740), 6000));
		}
		await this.page.screenshot({ path: join(screens, `${name}.png`), animations: "disabled" });
		if (whole)
			await this.resize(width);
	}

	/*
	 * All that is asked of a page as it stands: pictures at both widths, light on the phone and dark on the desk, or all four;
	 * no sideways scrolling, axe-core, and its HTML kept.
	 */
	async look(name, { all = false } = {}) {
		await this.keepHtml(name);
		await this.fits(NARROWEST);
		for (const width of [PHONE, WIDE]) {
			await this.fits(width);
			for (const scheme of ["light", "dark"]) {
				const crossed = (width === PHONE) === (scheme === "light");

				if (!all && !crossed)
					continue;
				await this.page.emulateMedia({ colorScheme: scheme });
				await this.picture(`${name}-${width}-${scheme}`, width);
				if (crossed)
					await this.accessible(`${name} ${width} ${scheme}`);
			}
		}
		await this.page.emulateMedia({ colorScheme: "light" });
		return this;
	}

	/* Text at 200 %: nothing is cut off to the side. */
	async lookLarge(name) {
		await this.page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
		for (const width of [PHONE, WIDE]) {
			await this.fits(width);
			await this.picture(`${name}-large-text-${width}`, width);
		}
		await this.page.evaluate(() => { document.documentElement.style.fontSize = ""; });
	}

	/* ---- what a buyer does ---- */

	/* Ticks so many seats side by side, leaving nobody alone; returns their names in words, "Row C seat 7". */
	async tickTogether(n) {
		const ids = await this.page.evaluate(wanted => {
			const place = l => Number(l.className.match(/\bc(\d+)/)[1]);

			for (const row of document.querySelectorAll("#pick fieldset")) {
				const free = [...row.querySelectorAll("label.f:not(.wc, .co, .rv)")];
				let run = [];

				for (const l of [...free, null]) {
					if (l && (!run.length || place(l) === place(run.at(-1)) + 2)) {
						run.push(l);
						continue;
					}
					if (run.length === wanted || run.length >= wanted + 2)
						return run.slice(0, wanted).map(e => e.firstChild.value);
					run = l ? [l] : [];
				}
			}
			return [];
		}, n);

		assert.equal(ids.length, n, "no seats together");
		for (const id of ids)
			await this.seat(id).check();
		return ids;
	}

	seat(id) {
		return this.page.locator(`input[name=seat][value="${id}"][type=checkbox]`);
	}

	/* From the hall to the checkout by "Find seats for me". */
	async findSeats(show, n = 2) {
		await this.go(`/shows/${show}`);
		await this.page.locator("#best").fill(String(n));
		await this.page.getByRole("button", { name: "Find seats" }).click();
		await this.page.waitForURL(/\/holds\//);
	}

	async fillIn({ email = "ana@example.org", name = "Ana Example" } = {}) {
		await this.page.locator("#email").fill(email);
		await this.page.locator("#name").fill(name);
	}

	/* From the checkout to a button of the stand-in provider's page, and back. */
	async pay(button = /^Pay £|^Pay /, where = /\/(pay\/return|bookings|holds)\//) {
		await this.page.locator("#pay button.main").click();
		await this.page.waitForURL(url => url.origin !== this.stack.url);
		await this.page.getByRole("button", { name: button }).first().click();
		await this.page.waitForURL(url => url.origin === this.stack.url && where.test(url.pathname));
	}

	/* Waits on the return page until there are tickets. */
	async untilTickets() {
		for (let i = 0; i < 20 && !/\/bookings\//.test(this.page.url()); i++)
			await this.page.waitForURL(/\/bookings\//, { timeout: 1000 }).catch(() =>
				this.page.getByRole("link", { name: "Check again" }).click({ timeout: 500 }).catch(() => {}));
		assert.match(this.page.url(), /\/bookings\//);
	}
}
