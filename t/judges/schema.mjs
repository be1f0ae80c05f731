/* schema.mjs - OpenAPI 3.0.3 into what a JSON Schema validator takes, and the lists of complaints that come out of it. */
import Ajv from "ajv/dist/2019.js";
import addFormats from "ajv-formats";

const each = (o, f) => Object.fromEntries(Object.entries(o).map(([k, v]) => [k, f(v)]));

const KEYWORDS = ["type", "enum", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems",
	"uniqueItems", "minProperties", "maxProperties", "required", "$ref"];

const hasMembers = s => s.properties || s.$ref || s.allOf || s.anyOf || s.oneOf;

/*
 * closed: a member that the schema does not name is a complaint, as it is to the providers. It is said where a schema is used, not where it
 * stands: what is the whole of one object may be a part of another.
 */
const convert = (s, closed, whole = true) => {
	const out = Object.fromEntries(KEYWORDS.filter(k => k in s).map(k => [k, s[k]]));

	if (out.$ref)
		out.$ref = out.$ref.replace("#/components/schemas/", "#/$defs/");
	for (const k of ["allOf", "anyOf", "oneOf"])
		if (s[k])
			out[k] = s[k].map(part => convert(part, closed, false));
	if (s.not)
		out.not = convert(s.not, false, false);
	if (s.items)
		out.items = convert(s.items, closed);
	for (const k of ["additionalProperties", "propertyNames"])
		if (k in s)
			out[k] = typeof s[k] === "object" ? convert(s[k], closed) : s[k];
	if (s.properties)
		out.properties = each(s.properties, v => convert(v, closed));
	if (closed && whole && hasMembers(s) && s.additionalProperties === undefined)
		out.unevaluatedProperties = false;
	if (s.nullable) {
		out.type = [out.type, "null"];
		if (out.enum)
			out.enum = [...out.enum, null];
	}
	return out;
};

const formatsIn = (o, found = new Set()) => {
	if (typeof o?.format === "string")
		found.add(o.format);
	if (o && typeof o === "object")
		Object.values(o).forEach(v => formatsIn(v, found));
	return found;
};

export class Schemas {
	constructor(api) {
		this.api = api;
		this.made = new Map();
		this.ajv = each({ text: true, json: false }, coerceTypes => {
			const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes });

			addFormats(ajv);
			for (const name of formatsIn(api))
				if (!(name in ajv.formats))
					ajv.addFormat(name, true);	/* a name of the provider's own; a pattern beside it says more */
			return ajv;
		});
	}

	/*
	 * Complaints about a value, each with its place. text: it came as text, so that numbers and words must be made of it first; which
	 * counts only where they are spelled as they would be printed. The profile, where there is one, must hold too.
	 */
	complaints(schema, value, { text = false, closed = false, profile, at = "" } = {}) {
		const found = [];

		for (const one of [schema, profile].filter(Boolean)) {
			const check = this.compiled(one, text, closed && one === schema), read = structuredClone(value);

			if (!check(read))
				found.push(...check.errors.map(e => `${at}${e.instancePath} ${e.message}${this.detail(e)}`));
			else if (text)
				found.push(...respelled(value, read, at));
		}
		return [...new Set(found)];
	}

	detail(e) {
		const { unevaluatedProperty, additionalProperty, allowedValues } = e.params;
		const more = unevaluatedProperty ?? additionalProperty ?? allowedValues?.join(", ");

		return more === undefined ? "" : `: ${more}`;
	}

	compiled(schema, text, closed) {
		const key = JSON.stringify([schema, text, closed]);

		if (!this.made.has(key)) {
			const $defs = each(this.api.components.schemas, s => convert(s, closed, false));

			this.made.set(key, this.ajv[text ? "text" : "json"].compile({ ...convert(schema, closed), $defs }));
		}
		return this.made.get(key);
	}
}

/* "1e3" is a number to a reader of text, and none to a provider. */
const respelled = (before, after, at) => {
	if (after && typeof after === "object")
		return Object.keys(after).flatMap(k => respelled(before[k], after[k], `${at}/${k}`));
	return typeof before === "string" && String(after) !== before ? [`${at} is spelled ${before}, not ${after}`] : [];
};
