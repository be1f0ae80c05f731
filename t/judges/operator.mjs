/*
 * operator.mjs - the operator's `foyerctl webhook verify`, fed with files: what Foyer says to a delivery. Bodies go in as bytes, so that
 * nothing on the way can make them nicer.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../browser/stack.mjs";

export const VALID = 0, INVALID = 1, STALE = 2, CANNOT_TELL = 3, USAGE = 64;

const WORDS = {
	[VALID]: /^valid\n$/, [INVALID]: /^invalid\n$/, [STALE]: /^too old\n$/, [CANNOT_TELL]: /^cannot tell: .*\n$/, [USAGE]: /^$/,
};

const folder = mkdtempSync(join(tmpdir(), "foyer-judges-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/* The path of a new file, readable for us only as secrets must be. */
export const fileOf = bytes => {
	const path = join(folder, String(++files));

	writeFileSync(path, bytes, { mode: 0o600 });
	return path;
};

export const configOf = settings => fileOf(Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`).join(""));

export const headersText = (headers, lineEnd = "\n") => headers.map(([name, value]) => `${name}: ${value}${lineEnd}`).join("");

/* foyerctl webhook verify OPTIONS: its exit code, whose words must be the ones it printed. */
export const run = options => {
	const words = Object.entries(options).flatMap(([name, value]) => value === undefined ? [] : [`--${name}`, String(value)]);
	const r = spawnSync(join(build, "foyerctl"), ["webhook", "verify", ...words], { encoding: "utf8", timeout: 30000,
		env: { ASAN_OPTIONS: "detect_leaks=0", ...process.env } });

	assert.equal(r.error, undefined);
	assert.ok(r.status in WORDS, `foyerctl ended with ${r.status ?? r.signal}: ${r.stderr}`);
	assert.match(r.stdout, WORDS[r.status]);
	return r.status;
};

/* What Foyer says to { provider, headers, body, now, settings, cert, roots }; headers: [[name, value], …]. */
export const verdict = ({ provider, headers, body, now, settings, cert, roots, lineEnd }) => run({
	provider, headers: fileOf(headersText(headers, lineEnd)), body: fileOf(body), now, config: configOf(settings),
	cert: cert === undefined ? undefined : fileOf(cert), roots: roots === undefined ? undefined : fileOf(roots),
});
