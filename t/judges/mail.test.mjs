/*
 * mail.test.mjs - what foyer-relay sends, judged by a mail server (smtp-server) and a reader of mail (mailparser) that know nothing of
 * Foyer: how it logs in and to whom, what is in a letter, what a no makes of it, and what comes twice when the relay dies at the worst
 * moment.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { build, Stack } from "../browser/stack.mjs";
import { Buyer } from "./buyer.mjs";
import { certificate } from "./pki.mjs";

const LONG = { timeout: 180000 }, USER = "foyer", PASSWORD = "pass-word-of-the-judge";
const folder = mkdtempSync(join(tmpdir(), "foyer-mail-")), order = join(folder, "fault");
const authority = certificate("Judges' own", { authority: true });
const good = certificate("mail", { by: authority, names: "IP:127.0.0.1" }), another = certificate("mail", { by: authority, names: "DNS:elsewhere.test" });

writeFileSync(join(folder, "ca.pem"), authority.pem);

/* A server that notes what it took; answer(step, what) may throw an error with a responseCode. */
const serve = async (options = {}) => {
	const mails = [], at = { answer: () => {} };
	const asked = (step, what, done, value) => {
		try {
			at.answer(step, what);
			done(null, value);
		} catch (error) {
			done(error);
		}
	};
	const server = new SMTPServer({ key: good.key, cert: good.pem, authOptional: false, logger: false, ...options,
		onAuth: (auth, session, done) => auth.username === USER && auth.password === PASSWORD && session.secure ?
			done(null, { user: USER }) : done(Object.assign(new Error("no"), { responseCode: 535 })),
		onRcptTo: (address, session, done) => asked("RCPT", address.address, done),
		onData: (stream, session, done) => {
			const pieces = [];

			stream.on("data", piece => pieces.push(piece));
			stream.on("end", () => asked("DATA", "", error => {
				if (!error)
					mails.push({ bytes: Buffer.concat(pieces), session, to: session.envelope.rcptTo.map(to => to.address) });
				done(error);
			}));
		} });

	server.on("error", () => {});		/* a client that goes away: what came of it is seen elsewhere */
	await new Promise(done => server.listen(0, "127.0.0.1", done));
	return { mails, at, port: server.server.address().port, close: () => new Promise(done => server.close(done)) };
};

const no = responseCode => Object.assign(new Error("no"), { responseCode });
const server = await serve();
const lines = settings => Object.entries({ mail_folder: "", mail_url: `smtp://127.0.0.1:${server.port}`, mail_user: USER,
	mail_password: PASSWORD, mail_tls: "require", mail_ca_file: join(folder, "ca.pem"), house_name: "Föyer & Söhne", ...settings })
	.map(([key, value]) => `${key} = ${value}\n`).join("");

const stack = new Stack();

process.on("exit", () => {
	if (stack.folder)
		stack.stop();
	rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
	process.on(signal, () => process.exit(1));
await stack.start({ config: lines({}) });
after(async () => {
	await server.close();
});

/* The relay anew, with these settings. */
const relayWith = settings => {
	writeFileSync(stack.env.FOYER_CONFIG_EXTRA, lines(settings));
	stack.demo("stop", "relay");
	stack.sql("UPDATE relay_sinks SET due_at = UTC_TIMESTAMP(3) WHERE sink = 'mail'");
	stack.demo("start", "relay");
};

const hurry = () => {
	stack.sql("UPDATE relay_sinks SET due_at = UTC_TIMESTAMP(3) WHERE sink = 'mail'");
	stack.sql("UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE sink = 'mail' AND state = 'waiting'");
};

const until = async (what, { again = () => {} } = {}) => {
	for (let i = 0; i < 600; i++) {
		const found = what();

		if (found)
			return found;
		again();
		await new Promise(done => setTimeout(done, 100));
	}
	assert.fail(`never came: ${what}`);
};

const number = stack.show("lumiere-3");
const buy = async () => {
	const buyer = new Buyer(stack);

	await buyer.buy(number, 2, "stripe");
	return until(() => stack.sql(`SELECT CONCAT(show_id, '-', outbox_id) FROM outbox WHERE show_id = ${number} AND type = 'BOOKING_CONFIRMED'
		AND outbox_id > ${buy.last ?? "0"} ORDER BY outbox_id DESC LIMIT 1`)[0]).then(([name]) => {
		[, buy.last] = name.split("-");
		return name;
	});
};
const arrived = (name, at = server) => at.mails.filter(mail => mail.bytes.includes(`Message-Id: <${name}@`));
const comes = (name, at = server) => until(() => arrived(name, at)[0]);
const delivery = name => {
	const [show, event] = name.split("-");
	const [[state, refusals, tries, why]] = stack.sql(`SELECT state, refusals, tries, COALESCE(error, '') FROM deliveries WHERE sink = 'mail'
		AND show_id = ${show} AND outbox_id = ${event}`);

	return { state, refusals: Number(refusals), tries: Number(tries), why };
};
const health = () => stack.sql("SELECT down_since IS NOT NULL, error FROM relay_sinks WHERE sink = 'mail'")[0] ?? ["0", ""];

const read = (program, words, input) => {
	const r = spawnSync(program, words, { input, maxBuffer: 1 << 26 });

	assert.equal(r.status, 0, `${program} ${words}: ${r.stderr}`);
	return r.stdout;
};
const codesOf = image => {
	const file = join(folder, "image.png");

	writeFileSync(file, image);
	return read("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file]).toString("utf8").trim().split("\n");
};

test("a letter with tickets is read as it was meant", LONG, async () => {
	stack.sql(`UPDATE events SET title = 'अँधेरे की रोशनी, Œuvre & <b>Söhne</b>' WHERE event_id = (SELECT event_id FROM shows WHERE show_id = ${number})`);
	const name = await buy(), { bytes, session, to } = await comes(name), mail = await simpleParser(bytes);

	assert.equal(session.user, USER);
	assert.ok(session.secure);
	assert.deepEqual(to, ["ana@example.org"]);
	assert.deepEqual(mail.to.value, [{ name: "", address: "ana@example.org" }]);
	assert.match(mail.subject, /^Your tickets: अँधेरे की रोशनी, Œuvre & <b>Söhne<\/b>, /);
	assert.deepEqual(mail.from.value, [{ name: "Föyer & Söhne", address: "tickets@foyer.example" }]);
	assert.equal(mail.replyTo.value[0].address, "help@foyer.example");
	assert.equal(mail.messageId, `<${name}@127.0.0.1>`);
	assert.equal(mail.headers.get("auto-submitted"), "auto-generated");
	assert.ok(Math.abs(mail.date - Date.now()) < 600000);
	assert.match(mail.text, /You’re going to अँधेरे की रोशनी, Œuvre & <b>Söhne<\/b>\./);
	assert.match(mail.html, /<h1>You’re going to अँधेरे की रोशनी, Œuvre &amp; &lt;b&gt;Söhne&lt;\/b&gt;<\/h1>/);
	assert.ok(bytes.length < 2 << 20);
	assert.doesNotMatch(bytes.toString("latin1"), /[^\x00-\x7f]/);
	assert.ok(bytes.toString("latin1").split("\r\n").every(line => line.length <= 998 && !/[\r\n]/.test(line)));
});

test("its codes, its PDF and its calendar say the same as the books", LONG, async () => {
	const name = await buy(), mail = await simpleParser((await comes(name)).bytes, { skipImageLinks: true });
	const images = mail.attachments.filter(a => a.contentType === "image/png"), pdf = mail.attachments.find(a => a.contentType === "application/pdf");
	const ics = mail.attachments.find(a => a.contentType === "text/calendar").content.toString("utf8");
	const seats = stack.sql(`SELECT b.show_id, b.seat_id, b.serial, s.row_label, s.number FROM booking_seats b JOIN seats s ON s.seat_id = b.seat_id
		WHERE b.show_id = ${number} AND b.booking_id = (SELECT subject_id FROM outbox WHERE show_id = ${number} AND outbox_id = ${name.split("-")[1]})`);

	assert.equal(images.length, 2);
	for (const image of images) {
		assert.ok(image.related);
		assert.ok(mail.html.includes(`src="cid:${image.cid}"`));
	}
	const codes = images.flatMap(image => codesOf(image.content));

	assert.deepEqual(codes.map(code => code.split(".").slice(2, 4).join(".")).sort(), seats.map(([show, seat]) => `${show}.${seat}`).sort());
	assert.equal(pdf.content.toString("latin1", 0, 5), "%PDF-");
	const words = read("pdftotext", ["-layout", "-", "-"], pdf.content).toString("utf8");

	for (const [, , , row, seat] of seats)
		assert.match(words, new RegExp(`\\b${row}\\b[^]*\\b${seat}\\b`));
	const pages = read("pdftoppm", ["-r", "200", "-png", "-singlefile", "-"], pdf.content);

	assert.ok(codesOf(pages).every(code => codes.includes(code)));
	assert.match(ics, /^BEGIN:VCALENDAR\r\n[^]*SUMMARY:अँधेरे की रोशनी[^]*END:VCALENDAR\r\n$/);
});

test("who is refused for good is refused, who is not yet waits, and all others get their letters meanwhile", LONG, async () => {
	server.at.answer = step => { if (step === "RCPT") throw no(550); };
	const name = await buy();

	await until(() => delivery(name).refusals > 0);
	assert.match(delivery(name).why, /^smtp 550/);
	assert.equal(health()[0], "0");
	server.at.answer = step => { if (step === "RCPT") throw no(451); };
	await until(() => delivery(name).tries > delivery(name).refusals, { again: hurry });
	assert.match(delivery(name).why, /^smtp 451/);
	server.at.answer = step => { if (step === "DATA") throw no(554); };
	const spam = await buy();

	await until(() => delivery(spam).refusals > 0);
	assert.equal(health()[0], "0");
	server.at.answer = () => {};
	await until(() => arrived(name).length && arrived(spam).length, { again: hurry });
});

test("without the right certificate, password or TLS nothing is sent, and the reason has no secret in it", LONG, async () => {
	const wrong = await serve({ key: another.key, cert: another.pem }), bare = await serve({ hideSTARTTLS: true, disabledCommands: ["STARTTLS"] });
	const cases = [[{ mail_url: `smtp://127.0.0.1:${wrong.port}` }, /certificate|SSL/i], [{ mail_ca_file: "" }, /certificate|SSL/i],
		[{ mail_password: "not-the-pass-word" }, /smtp 535: Login denied/], [{ mail_url: `smtp://127.0.0.1:${bare.port}` }, /SSL/]];

	for (const [settings, reason] of cases) {
		const before = server.mails.length;

		relayWith(settings);
		const name = await buy();

		await until(() => health()[0] === "1");
		assert.match(health()[1], reason);
		assert.equal(arrived(name).length + arrived(name, wrong).length + arrived(name, bare).length, 0);
		assert.equal(server.mails.length, before);
		relayWith({});
		await comes(name);
		assert.equal(delivery(name).refusals, 0);
	}
	await wrong.close();
	await bare.close();
	for (const file of ["relay.log", "demo.log"].map(file => join(stack.folder, "log", file)).filter(existsSync))
		assert.doesNotMatch(readFileSync(file, "utf8"), /pass-word/);
});

test("smtps is spoken too", LONG, async () => {
	const other = await serve({ secure: true });

	relayWith({ mail_url: `smtps://127.0.0.1:${other.port}`, mail_tls: "try" });
	const name = await buy(), mail = await comes(name, other);

	assert.ok(mail.session.secure);
	assert.equal(mail.session.user, USER);
	relayWith({});
	await other.close();
});

/* foyerctl of a build without fault points knows no such word. */
const faults = spawnSync(join(build, "foyerctl"), ["-c", join(stack.folder, "foyer.conf"), "faults"], { encoding: "utf8",
	env: { ASAN_OPTIONS: "detect_leaks=0", ...process.env } });

for (const [point, times] of [["mail.written", 1], ["mail.sent", 2]])
	test(`a relay that is killed at ${point} loses no letter, and what comes twice is the same`,
		{ ...LONG, skip: !faults.stdout.includes(point) && "this build has no fault points" }, async () => {
			stack.env.FOYER_FAULTS = order;
			writeFileSync(order, `${point} kill\n`);
			relayWith({});
			const name = await buy();

			await until(() => existsSync(`${order}.done`));
			await until(() => delivery(name).state === "sent", { again: () => { hurry(); stack.demo("start", "relay"); } });
			assert.equal(arrived(name).length, times);
			for (const { bytes } of arrived(name))
				assert.deepEqual(bytes, arrived(name)[0].bytes);
			rmSync(`${order}.done`, { force: true });
			delete stack.env.FOYER_FAULTS;
		});
