/*
 * tmpl_place.c - may this value, asset or block stand here? It must never let a value through where the five escapes (in an
 * address: percent-encoding and the five escapes) are not enough.
 */
#include "tmplc.h"

static const char *
describe(const struct html_state *s)
{
	switch (s->at) {
	case AT_TEXT:
		return "text";
	case AT_GAP:
	case AT_GLUED:
		return keep_fmt("the tag <%s>", s->tag);
	case AT_QUOTED:
		return keep_fmt("%s of <%s>", s->attr, s->tag);
	case AT_RAW:
	case AT_RAW_END:
		return keep_fmt("<%s>", s->tag);
	case AT_EQUALS:
	case AT_UNQUOTED:
		return "an unquoted value";
	case AT_COMMENT:
		return "a comment";
	default:
		return "the middle of a tag";
	}
}

/* Of the elements whose content is no HTML. */
static bool
takes_no_values(const struct html_state *s)
{
	return !strcmp(s->tag, "script") || !strcmp(s->tag, "style");
}

static enum html_place
url_value(struct html_state *s, const struct type *type, const char *name, struct place at)
{
	if (s->url == URL_LIST)
		fail(at, "{{%s}} in %s: a list of addresses takes no values", name, s->attr);
	if (s->mail && type->kind == KIND_PATH)
		fail(at, "{{%s}} in %s: in a letter an address is whole, and a path is none", name, s->attr);
	if (s->url == URL_START && (type->kind == KIND_URL || type->kind == KIND_PATH)) {
		s->url = URL_WHOLE;
		return PLACE_URL_WHOLE;
	}
	if (s->url != URL_FIXED)
		fail(at, "{{%s}} in %s: the text before it must fix where the address points (\"/x…\", \"https://host/\", \"?\", "
		    "\"#\"), or the whole address is one url or path", name, s->attr);
	if (type->kind == KIND_MONEY || type->kind == KIND_TIME || type->kind == KIND_HTML)
		fail(at, "{{%s}} in %s: a %s cannot stand in an address", name, s->attr, type->name);
	return PLACE_URL_PART;
}

static enum html_place
attr_value(struct html_state *s, const struct type *type, const char *name, struct place at)
{
	bool narrow = type->kind == KIND_INT || type->kind == KIND_WORD;

	if (type->kind == KIND_HTML)
		fail(at, "{{%s}}: html cannot stand in an attribute", name);
	if (s->url != URL_NONE)
		return url_value(s, type, name, at);
	if (strcmp(s->tag, "meta") || strcmp(s->attr, "content"))
		return PLACE_ATTR;
	if (s->refresh && !narrow)
		fail(at, "{{%s}}: beside http-equiv, content takes int, word and token only", name);
	s->open_text |= !narrow;
	return s->refresh ? PLACE_REFRESH : PLACE_ATTR;
}

enum html_place
html_value(struct html_state *s, const struct type *type, const char *name, struct place at)
{
	switch (s->at) {
	case AT_TEXT:
		return PLACE_TEXT;
	case AT_RAW:
		if (takes_no_values(s))
			fail(at, "{{%s}} in <%s>", name, s->tag);
		if (type->kind == KIND_HTML)
			fail(at, "{{%s}}: html cannot stand in <%s>", name, s->tag);
		return PLACE_RAW_TEXT;
	case AT_QUOTED:
		return attr_value(s, type, name, at);
	case AT_EQUALS:
	case AT_UNQUOTED:
		fail(at, "{{%s}} in an unquoted value: put quotes around it", name);
	case AT_TAG_OPEN:
	case AT_TAG_NAME:
	case AT_END_NAME:
	case AT_END_GAP:
		fail(at, "{{%s}} in the name of a tag", name);
	case AT_GAP:
	case AT_GLUED:
	case AT_ATTR_NAME:
	case AT_SELF_CLOSE:
		fail(at, "{{%s}} in the name of an attribute", name);
	case AT_BANG:
	case AT_COMMENT:
	case AT_DECLARATION:
		fail(at, "{{%s}} in a comment", name);
	case AT_RAW_END:
		break;
	}
	fail(at, "{{%s}} in the middle of a closing tag", name);
}

void
html_asset_here(struct html_state *s, struct place at)
{
	if (s->mail)
		fail(at, "a letter has no assets: nobody reads it on our site");
	if (s->at == AT_TEXT || (s->at == AT_QUOTED && (s->url == URL_NONE || s->url == URL_LIST)))
		return;
	if (s->at != AT_QUOTED || s->url != URL_START)
		fail(at, "an asset stands at the beginning of a quoted attribute");
	s->url = URL_WHOLE;
}

void
html_branch(struct html_state *s, struct place at)
{
	html_settle(s, at);
	if ((s->at != AT_TEXT && s->at != AT_GAP && s->at != AT_GLUED && s->at != AT_QUOTED && s->at != AT_RAW) ||
	    (s->at == AT_RAW && takes_no_values(s)))
		fail(at, "a block cannot begin or end in %s", describe(s));
}

void
html_join(struct html_state *s, const struct html_state *other, struct place at, bool loop, const char *what)
{
	bool in_tags = (s->at == AT_GAP || s->at == AT_GLUED) && (other->at == AT_GAP || other->at == AT_GLUED);

	if ((s->at != other->at && !in_tags) || s->pre != other->pre || s->quote != other->quote ||
	    strcmp(s->tag, other->tag) || strcmp(s->attr, other->attr))
		fail(at, "%s: one way ends in %s%s, the other in %s%s", what, describe(s), s->pre > other->pre ? " within <pre>" : "",
		    describe(other), other->pre > s->pre ? " within <pre>" : "");
	if (in_tags && s->at != other->at)
		s->at = AT_GLUED;
	if (s->url != other->url || strcmp(s->prefix, other->prefix)) {
		if (loop)
			fail(at, "%s: the address in %s must not begin inside a loop", what, s->attr);
		s->url = URL_UNSURE;
		s->prefix[0] = 0;
	}
	if (loop && (s->refresh != other->refresh || s->open_text != other->open_text))
		fail(at, "%s: write this <meta> without a loop", what);
	s->refresh |= other->refresh;
	s->open_text |= other->open_text;
	if (s->refresh && s->open_text)
		fail(at, "with http-equiv, content cannot hold free text");
}

void
html_end(const struct html_state *s, struct place at)
{
	if (s->at != AT_TEXT || s->pre)
		fail(at, "the page ends in %s", s->pre ? "<pre>" : describe(s));
}
