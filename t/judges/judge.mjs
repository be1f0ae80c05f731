/*
 * judge.mjs - holds requests and answers of one provider's API against its recorded description: path, method, parameters, headers, body.
 * What the description leaves to its prose stands in providers.mjs.
 */
import qs from "qs";
import { Schemas } from "./schema.mjs";

const FORM = "application/x-www-form-urlencoded", JSON_TYPE = "application/json";

/* Forms number the members of a list; one that is numbered without a gap is a list. */
const folded = v => {
	if (!v || typeof v !== "object")
		return v;
	const keys = Object.keys(v), list = keys.length > 0 && keys.every((k, i) => k === String(i));

	return list ? Object.values(v).map(folded) : Object.fromEntries(Object.entries(v).map(([k, one]) => [k, folded(one)]));
};

const readForm = text => {
	if (/[^\x21-\x7e]|%(?![0-9A-Fa-f]{2})/.test(text))
		throw new SyntaxError("is no form");
	return folded(qs.parse(text, { depth: 10, arrayLimit: 1000, strictDepth: true, parameterLimit: 5000 }));
};

const typeOf = headers => (headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();

export class Judge {
	/* api: the description; rules: a row of providers.mjs. */
	constructor(api, rules) {
		this.api = api;
		this.rules = rules;
		this.schemas = new Schemas(api);
		this.paths = Object.entries(api.paths).map(([path, methods]) => ({ path, methods,
			shape: new RegExp(`^${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`) }));
	}

	/* The operation that a request means, with "POST /v1/refunds" as its name; null: the API has none such. */
	operation(method, path) {
		for (const { path: name, methods, shape } of this.paths) {
			const fit = shape.exec(path);

			if (fit && methods[method.toLowerCase()])
				return { name: `${method} ${name}`, ...methods[method.toLowerCase()], at: { ...fit.groups } };
		}
		return null;
	}

	/* Complaints about { method, path, query, headers, body }: path without query, headers with small letters, body as text. */
	request(rq) {
		const op = this.operation(rq.method, rq.path);

		if (!op)
			return [`there is no ${rq.method} ${rq.path}`];
		return [...this.parameters(op, rq), ...this.headers(op, rq), ...this.body(op, rq)];
	}

	parameters(op, rq) {
		const query = readForm(rq.query), known = { ...this.rules.query?.[op.name] }, found = [];

		for (const p of op.parameters ?? []) {
			const value = { path: op.at, query, header: rq.headers }[p.in][p.in === "header" ? p.name.toLowerCase() : p.name];

			if (p.in === "query")
				known[p.name] = p.schema;
			else if (value !== undefined)
				found.push(...this.schemas.complaints(p.schema, decodeURIComponent(value), { text: true, at: p.name }));
			if (p.required && value === undefined)
				found.push(`${p.name} is missing`);
		}
		const schema = { type: "object", properties: known };

		return [...found, ...this.schemas.complaints(schema, query, { text: true, closed: true, at: "query" })];
	}

	headers(op, rq) {
		const wanted = { ...this.rules.headers.all, ...this.rules.headers[op.security?.length === 0 ? "open" : "closed"],
			...this.rules.headers[rq.method], ...this.rules.headers[op.name] };

		return Object.entries(wanted).filter(([name, shape]) => shape && !shape.test(rq.headers[name] ?? "")).map(([name]) =>
			name in rq.headers ? `${name} is wrong` : `${name} is missing`);
	}

	body(op, rq) {
		const types = op.requestBody?.content ?? {}, type = typeOf(rq.headers);

		if (!rq.body)
			return op.requestBody?.required ? ["the body is missing"] : [];
		if (!Object.keys(types).length)
			return rq.body === "{}" ? [] : ["a body, where there is none"];
		if (!types[type])
			return [`the body is ${type || "of no type"}`];
		try {
			const value = type === FORM ? readForm(rq.body) : JSON.parse(rq.body);

			return this.schemas.complaints(types[type].schema, value, { text: type === FORM, closed: true, at: "body",
				profile: this.api["x-profiles"]?.[this.rules.profiles?.[op.name]] });
		} catch (e) {
			return [`the body cannot be read: ${e.message}`];
		}
	}

	/* Complaints about the answer { status, headers, body } to a request. */
	answer(rq, rs) {
		const answers = this.operation(rq.method, rq.path)?.responses ?? {};
		const described = answers[rs.status] ?? (rs.status >= 300 && answers.default);

		if (!described)
			return [`no answer ${rs.status} is described`];
		const schema = described.content?.[JSON_TYPE].schema;

		if (!schema)
			return [];
		if (typeOf(rs.headers) !== JSON_TYPE)
			return [`the answer is ${typeOf(rs.headers)}`];
		try {
			return this.schemas.complaints(schema, JSON.parse(rs.body), { at: "answer" });
		} catch (e) {
			return [`the answer cannot be read: ${e.message}`];
		}
	}
}
