/*
 * proxy.mjs - a server between Foyer and the stand-in provider: judges each request and each answer by the recorded descriptions, and
 * passes them on. A request may be spoilt on its way in, to see that the judge notices.
 */
import { createServer, request as send } from "node:http";

const GONE = ["connection", "host", "transfer-encoding", "content-length", "keep-alive"];

const passed = headers => Object.fromEntries(Object.entries(headers).filter(([name]) => !GONE.includes(name)));

const readAll = async stream => {
	const parts = [];

	for await (const part of stream)
		parts.push(part);
	return Buffer.concat(parts).toString("utf8");
};

/* The answer, or null where the connection was closed without one. */
const asked = (url, { method, headers, body }) => new Promise(done => {
	const rq = send(url, { method, agent: false, headers: { ...passed(headers), "Content-Length": Buffer.byteLength(body) } }, rs =>
		readAll(rs).then(text => done({ status: rs.statusCode, headers: rs.headers, body: text }), () => done(null)));

	rq.on("error", () => done(null));
	rq.end(body);
});

export class Proxy {
	/* mounts: [{ name, judge, upstream() }]: a provider, who judges, and where its stand-in is. Each has an address of its own here. */
	constructor(mounts) {
		this.mounts = mounts;
		this.seen = [];		/* { provider, name, request, answer, wrong } */
		this.spoil = null;	/* { fits(note), change(request, seen) }: done once, before the judge looks */
		this.urls = {};
	}

	async listen() {
		this.servers = await Promise.all(this.mounts.map(mount => new Promise(done => {
			const server = createServer((rq, rs) => this.pass(mount, rq, rs).catch(error => {
				const wrong = [`the judge failed: ${error.stack}`];

				this.seen.push({ provider: mount.name, name: rq.url, request: { headers: {} }, wrong });
				rs.writeHead(502).end();
			}));

			server.listen(0, "127.0.0.1", () => {
				this.urls[mount.name] = `http://127.0.0.1:${server.address().port}`;
				done(server);
			});
		})));
		return this;
	}

	close() {
		for (const server of this.servers) {
			server.closeAllConnections?.();
			server.close();
		}
	}

	async pass(mount, from, to) {
		const { pathname: path, search } = new URL(from.url, "http://provider"), { judge } = mount, { method, headers } = from;
		const request = { method, path, query: search.slice(1), headers: { ...headers }, body: await readAll(from) };
		const note = { provider: mount.name, name: judge.operation(method, path)?.name ?? `${method} ${path}`, request };

		if (this.spoil?.fits(note)) {
			this.spoil.change(request, this.seen);
			this.spoil = null;
		}
		note.wrong = [...judge.request(request), ...this.keyUsed(note)];
		this.seen.push(note);
		note.answer = await asked(`${mount.upstream()}${path}${search}`, request);
		if (!note.answer) {
			to.destroy();
			return;
		}
		note.wrong.push(...judge.answer(request, note.answer));
		/* closed each time: where a connection was kept, libcurl takes a lost answer for a stale one, and asks again by itself */
		to.writeHead(note.answer.status, { ...passed(note.answer.headers), Connection: "close" });
		to.end(note.answer.body);
	}

	/* A key stands for one call and its very bytes, for ever. */
	keyUsed({ provider, name, request }) {
		const keyOf = ({ headers: h }) => h["idempotency-key"] ?? h["x-refund-idempotency"] ?? h["paypal-request-id"];
		const key = keyOf(request), before = this.seen.find(n => key && n.provider === provider && keyOf(n.request) === key);

		if (!before || before.request.path === request.path && before.request.body === request.body)
			return [];
		return [`its key was used before, by another ${before.name === name ? "body" : "call"}`];
	}

	/* "POST /v1/refunds: amount is missing" for each thing that was wrong, of a provider and since a mark. */
	wrong(provider, since = 0) {
		return this.seen.slice(since).filter(n => n.provider === provider).flatMap(n => n.wrong.map(w => `${n.name}: ${w}`));
	}

	/* The calls that were made, and how often: { "POST /v1/refunds": 2 }. */
	calls(provider) {
		const count = {};

		for (const n of this.seen)
			if (n.provider === provider)
				count[n.name] = (count[n.name] ?? 0) + 1;
		return count;
	}
}
