"""What the bot sent, drawn as Discord shows it: messages of Components V2 and modals as a page, for the docs."""

import html
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.fakes.discord_world import (
    BUTTON,
    CHECKBOXES,
    CONTAINER,
    GALLERY,
    INPUT,
    RADIOS,
    ROW,
    SECTION,
    TEXT_DISPLAY,
)

STYLE = """
body{margin:0;background:#313338;color:#dbdee1;font:15px/1.4 'gg sans','Noto Sans',Helvetica,Arial,sans-serif}
main{padding:16px 20px;width:600px}.who{display:flex;gap:12px}
.who>i{flex:0 0 40px;height:40px;border-radius:50%;background:#5865f2;color:#fff;
font:600 18px/40px sans-serif;text-align:center}.who b{color:#f2f3f5}
.tag{background:#5865f2;color:#fff;border-radius:3px;font-size:10px;padding:1px 4px;margin-left:5px}
.box{background:#2b2d31;border:1px solid #3f4147;border-left:4px solid #3f4147;border-radius:8px;
padding:12px 14px;margin:6px 0}h3{font-size:17px;color:#f2f3f5;margin:2px 0 6px}
p{margin:0 0 8px;white-space:pre-wrap}small{color:#949ba4;font-size:12.5px;display:block;margin:2px 0 6px}
ul{margin:2px 0 8px;padding-left:22px}li{margin:2px 0}a{color:#00a8fc;text-decoration:none}
time{background:#3f4248;border-radius:3px;padding:0 3px}
pre{background:#1e1f22;border:1px solid#3f4147;border-radius:4px;padding:8px;margin:4px 0 8px;
font:12.5px/1.35 'DejaVu Sans Mono',monospace;overflow:hidden}
.row{display:flex;gap:8px;flex-wrap:wrap;margin:4px 0}
.row span{background:#4e5058;color:#fff;border-radius:8px;padding:6px 14px;font-weight:500;font-size:14px}
.beside{display:flex;gap:12px;align-items:start;margin:2px 0}.beside>div{flex:1}
.beside>span{background:#4e5058;color:#fff;border-radius:8px;padding:6px 14px;font-weight:500;font-size:14px;flex:none}
img{display:block;max-width:100%;border-radius:8px;margin:6px 0}
.row .s1{background:#5865f2}.row .s4{background:#da373c}.only{color:#949ba4;font-size:12.5px;margin-top:4px}
.modal{background:#313338;border:1px solid #1e1f22;border-radius:8px;padding:18px;width:440px;
box-shadow:0 4px 24px #0008}.modal h2{margin:0 0 12px;font-size:19px;color:#f2f3f5}
label{display:block;margin:12px 0 5px;color:#f2f3f5;font-weight:600;font-size:14px}
.in{background:#1e1f22;border:1px solid#111214;border-radius:4px;padding:9px;min-height:20px;white-space:pre-wrap}
.long{min-height:52px}.opt{margin:5px 0}
.opt i{display:inline-block;width:15px;height:15px;border:2px solid #80848e;border-radius:4px;
margin-right:9px;vertical-align:-3px}.opt i.on{background:#5865f2;border-color:#5865f2}
.opt i.o{border-radius:50%}.send{text-align:right;margin-top:16px}
"""
_BLOCK = re.compile(r"```\n(.*?)\n```", re.DOTALL)
_INLINE = (
    (re.compile(r"\[([^\]\n]+)\]\(&lt;(.+?)&gt;\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"&lt;(https?://\S+?)&gt;"), r'<a href="\1">\1</a>'),
    (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"),
    (re.compile(r"&lt;@(\d+)&gt;"), r"<a>@somebody</a>"),
)
_TIME = re.compile(r"&lt;t:(\d+):([DFR])&gt;")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


def message(components: Sequence[Mapping[str, Any]], now: datetime, *, private: bool = False) -> str:
    """A message of the bot."""
    only = "<div class='only'>Only you can see this · <a>Dismiss message</a></div>" if private else ""
    inside = "".join(_component(item, now) for item in components)
    return (
        "<div class=who><i>C</i><div style='flex:1'><b>cohort-bot</b><span class=tag>APP</span>"
        f"{inside}{only}</div></div>"
    )


def modal(data: Mapping[str, Any]) -> str:
    """A form."""
    fields = "".join(_field(label) for label in data["components"])
    return (
        f"<div class=modal><h2>{html.escape(data['title'])}</h2>{fields}"
        "<div class='row send' style='justify-content:end'><span>Cancel</span><span class=s1>Submit</span></div></div>"
    )


def page(body: str) -> str:
    """The whole page."""
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><main>{body}</main>"


def _component(item: Mapping[str, Any], now: datetime) -> str:  # noqa: PLR0911 - one answer for each kind
    match item["type"]:
        case _ if item["type"] == CONTAINER:
            colour = f"border-left-color:#{item['accent_color']:06x}" if item.get("accent_color") is not None else ""
            return f"<div class=box style='{colour}'>{''.join(_component(c, now) for c in item['components'])}</div>"
        case _ if item["type"] == TEXT_DISPLAY:
            return markdown(item["content"], now)
        case _ if item["type"] == ROW:
            return f"<div class=row>{''.join(_component(child, now) for child in item['components'])}</div>"
        case _ if item["type"] == BUTTON:
            return f"<span class=s{item['style']}>{html.escape(item['label'])}</span>"
        case _ if item["type"] == SECTION:
            text = "".join(_component(child, now) for child in item["components"])
            return f"<div class=beside><div>{text}</div>{_component(item['accessory'], now)}</div>"
        case _ if item["type"] == GALLERY:
            return "".join(f"<img src='{html.escape(each['media']['url'])}'>" for each in item["items"])
    return ""


def _field(label: Mapping[str, Any]) -> str:
    inside = label["component"]
    hint = f"<small>{html.escape(label['description'])}</small>" if label.get("description") else ""
    head = f"<label>{html.escape(label['label'])}</label>{hint}"
    if inside["type"] == INPUT:
        long = " long" if inside.get("style") == 2 else ""
        shown = (
            html.escape(inside.get("value") or "") or f"<small>{html.escape(inside.get('placeholder') or '')}</small>"
        )
        return f"{head}<div class='in{long}'>{shown}</div>"
    kind = " o" if inside["type"] == RADIOS else ""
    assert inside["type"] in {RADIOS, CHECKBOXES} or inside["options"]
    marks = (("on" if option.get("default") else "") + kind for option in inside["options"])
    options = zip(marks, inside["options"], strict=True)
    return head + "".join(f"<div class=opt><i class='{m}'></i>{html.escape(o['label'])}</div>" for m, o in options)


def markdown(text: str, now: datetime) -> str:
    """The Markdown that the bot writes."""
    parts = _BLOCK.split(text)
    return "".join(
        f"<pre>{html.escape(part)}</pre>" if index % 2 else _lines(part, now) for index, part in enumerate(parts)
    )


def _lines(text: str, now: datetime) -> str:
    found: list[str] = []
    items: list[str] = []
    words: list[str] = []

    def flush() -> None:
        if words:
            found.append(f"<p>{'<br>'.join(words)}</p>")
        if items:
            found.append(f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>")
        words.clear()
        items.clear()

    for line in text.strip("\n").split("\n"):
        if line.startswith("- "):
            if words:
                flush()
            items.append(_inline(line[2:], now))
            continue
        if items and line.startswith("  "):
            items[-1] += "<br>" + _inline(line.strip(), now)
            continue
        if items or not line.strip() or line.startswith(("### ", "-# ")):
            flush()
        if line.startswith("### "):
            found.append(f"<h3>{_inline(line[4:], now)}</h3>")
        elif line.startswith("-# "):
            found.append(f"<small>{_inline(line[3:], now)}</small>")
        elif line.strip():
            words.append(_inline(line, now))
    flush()
    return "".join(found)


def _inline(line: str, now: datetime) -> str:
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(html.escape(match[1]))
        return f"\x00{len(kept) - 1}\x00"

    shown = html.escape(_ESCAPED.sub(keep, line), quote=False)
    for pattern, into in _INLINE:
        shown = pattern.sub(into, shown)
    shown = _TIME.sub(lambda match: f"<time>{_time(int(match[1]), match[2], now)}</time>", shown)
    return re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], shown).replace("\u200b", "")


def _time(stamp: int, style: str, now: datetime) -> str:
    at = datetime.fromtimestamp(stamp, UTC)
    if style == "R":
        days = round((at - now).total_seconds() / 86400)
        return f"in {days} days" if days > 0 else f"{-days} days ago"
    day = f"{at.day} {at:%B %Y}"
    return day if style == "D" else f"{at:%A}, {day} {at:%H:%M}"
