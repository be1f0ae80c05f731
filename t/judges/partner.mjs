/* partner.mjs - a partner's endpoint: keeps every request, body as bytes, and answers what it is told to. One for all tests; ends with the process. */
import { createServer } from "node:http";

export class Partner {
	constructor() {
		this.requests = [];		/* { headers, body } */
		this.answer = { status: 204, headers: {}, ms: 0 };
		this.server = createServer((rq, rs) => {
			const chunks = [];

			rq.on("data", chunk => chunks.push(chunk));
			rq.on("end", () => {
				const { status, headers = {}, ms = 0 } = this.answer;

				this.requests.push({ method: rq.method, path: rq.url, headers: rq.headers, body: Buffer.concat(chunks).toString("utf8"), status });
				setTimeout(() => rs.writeHead(status, headers).end(), ms);
			});
		});
	}

	listen() {
		return new Promise(done => this.server.listen(0, "127.0.0.1", () => {
			this.server.unref();
			this.place = `127.0.0.1:${this.server.address().port}`;
			done(this);
		}));
	}

	/* The requests that fit, as soon as there are so many. */
	async comes(fits, n = 1, seconds = 60) {
		for (let i = 0; i < seconds * 20; i++) {
			const found = this.requests.filter(fits);

			if (found.length >= n)
				return found;
			await new Promise(done => setTimeout(done, 50));
		}
		throw new Error(`${this.requests.filter(fits).length} of ${n} came: ${JSON.stringify(this.requests.slice(-5))}`);
	}
}
