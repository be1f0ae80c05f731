/*
 * stack.mjs - one private Foyer with the demonstration's data for all tests of a folder, started and stopped by ./demo alone.
 * FOYER_BUILD names the build (build of the project's folder), FOYER_TEST_KEEP=1 leaves the folder behind.
 */
import { execFile, execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

export const top = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const build = resolve(process.env.FOYER_BUILD || join(top, "build"));

const isFree = port => new Promise(done => {
	const server = createServer();

	server.once("error", () => done(false));
	server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
});

const pickPorts = async () => {
	for (let i = 0; i < 200; i++) {
		const port = 20000 + 4 * Math.floor(Math.random() * 2500);

		if (await isFree(port) && await isFree(port + 1) && await isFree(port + 2))
			return port;
	}
	throw new Error("no free ports");
};

export class Stack {
	/* config: lines for foyer.conf that win over ./demo's. */
	async start({ config = "" } = {}) {
		this.folder = mkdtempSync(join(tmpdir(), "foyer-eyes-"));
		this.port = await pickPorts();
		this.url = `http://127.0.0.1:${this.port}`;
		this.provider = `http://127.0.0.1:${this.port + 2}`;
		this.log = join(this.folder, "test.log");
		this.env = { ...process.env, FOYER_NO_BUILD: "1", FOYER_DB_FAST: "1", FOYER_VAR: this.folder, FOYER_BUILD: build,
			FOYER_PORT: String(this.port) };
		for (const name of ["FOYER_DB_SOCKET", "FOYER_DB_NAME", "FOYER_PROGRAMME", "FOYER_CONFIG_EXTRA", "FOYER_BASE_URL"])
			delete this.env[name];
		if (config) {
			this.env.FOYER_CONFIG_EXTRA = join(this.folder, "extra.conf");
			writeFileSync(this.env.FOYER_CONFIG_EXTRA, config);
		}
		try {
			this.demo("start");
			this.demo("stop", "cron");		/* the reaper comes when a test calls it */
		} catch (error) {
			process.stderr.write(readFileSync(this.log));
			this.stop();
			throw error;
		}
		return this;
	}

	/* ./demo WORDS; what it says goes to the log. */
	demo(...words) {
		const log = openSync(this.log, "a");

		try {
			execFileSync(join(top, "demo"), words, { env: this.env, stdio: ["ignore", log, log], timeout: 120000 });
		} finally {
			closeSync(log);
		}
	}

	/* foyerctl WORDS; it must say yes. */
	ctl(...words) {
		execFileSync(join(build, "foyerctl"), ["-c", join(this.folder, "foyer.conf"), ...words], { stdio: "ignore" });
	}

	stop() {
		this.demo("stop");
		if (!process.env.FOYER_TEST_KEEP)
			rmSync(this.folder, { recursive: true, force: true });
	}

	/* Rows of text cells. */
	sql(text) {
		const out = execFileSync("mariadb", ["--no-defaults", "-u", "root", "-S", join(this.folder, "run/db.sock"), "--batch",
			"--skip-column-names", "-e", text, "foyer"], { encoding: "utf8" });

		return out.split("\n").filter(Boolean).map(line => line.split("\t"));
	}

	number(text) {
		const rows = this.sql(text);

		return rows.length ? Number(rows[0][0]) : NaN;
	}

	/* Orders for the stand-in provider: "late=300ms". */
	async control(orders) {
		const key = readFileSync(join(this.folder, "secrets/stripe_key"), "utf8").trim();
		const answer = await fetch(`${this.provider}/control`, { method: "POST", body: new URLSearchParams(orders),
			headers: { Authorization: `Bearer ${key}` } });

		if (!answer.ok)
			throw new Error(`${orders}: ${answer.status} ${await answer.text()}`);
	}

	/* As if so many seconds had passed for one hold. */
	later(hold, seconds) {
		const back = column => `${column} = TIMESTAMPADD(SECOND, -${seconds}, ${column})`;

		this.sql(`UPDATE holds SET ${["expires_at", "seats_until", "longest_until", "created_at", "warned_for"].map(back)} WHERE hold_id = ${hold};
			UPDATE show_seats SET ${back("expires_at")} WHERE hold_id = ${hold} AND status = 'held'`);
	}

	newestHold() {
		return this.sql("SELECT hold_id FROM holds WHERE state = 'active' ORDER BY created_at DESC, hold_id DESC LIMIT 1")[0][0];
	}

	async reap() {
		await run(join(build, "foyer-reaper"), ["-c", join(this.folder, "foyer.conf"), "--once"]).catch(() => {});
	}

	secret(name) {
		return readFileSync(join(this.folder, "secrets", name), "utf8").trim();
	}

	/* A show of that hall from tomorrow on, with the most free seats; each call gives another one. */
	show(hall) {
		this.used ??= new Set([0]);
		const [[show]] = this.sql(`SELECT s.show_id FROM shows s JOIN halls h ON h.hall_id = s.hall_id
			JOIN show_sales k ON k.show_id = s.show_id
			WHERE h.slug = '${hall}' AND s.local_date > CURDATE() AND k.hold_seconds = 600 AND k.sales_from < UTC_TIMESTAMP()
			AND k.sales_until > UTC_TIMESTAMP() AND k.state = 'on_sale' AND s.show_id NOT IN (${[...this.used]})
			ORDER BY (SELECT COUNT(*) FROM show_seats x WHERE x.show_id = s.show_id AND x.status = 'available') DESC, s.show_id LIMIT 1`);

		this.used.add(Number(show));
		return Number(show);
	}
}
