"""What is wrong in a programme's files and what would be right; what of it is translated."""

from cohort_bot.chat.i18n import N_, NN_
from cohort_bot.chat.sentence import Sentences


class Wrong(Sentences):
    """A mistake in a programme's file and its cure, in a line."""

    ALIAS = N_("the alias *{name}; write the text out; aliases are not used here")
    BLANK = N_("{label} is blank; write a text. {purpose}")
    CARD_OF_PAPER = N_("the card of this paper would have {size} characters; shorten it to {most} in all")
    CARD_OF_WEEK = N_("the card of this week would have {size} characters; shorten its texts or links to {most} in all")
    COVERS_NEAR = N_("`covers` names {item}, which does not exist; did you mean {near}?")
    COVERS_TWICE = N_("`covers` names {item} twice; keep one")
    COVERS_UNKNOWN = N_(
        "`covers` names {item}, which does not exist; use an id of an action, a horizon item or a skill"
    )
    DEEP = N_("nested too deep; nothing here goes that deep")
    DOCUMENT = N_("a second document begins here; keep one document in a file, without a further ---")
    EMPTY_FILE = N_("the file is empty; write its content")
    EXPECTED_WEEK = N_("week {number} again or out of order; expected here: week {expected}")
    FEW = N_("{label} has no entries; write at least {least}")
    FILE_OUTSIDE = N_("`file` {name} is not inside the programme's folder; name a file such as phases/1-start.yaml")
    FILE_TAKEN = N_("`file` {name} is that of another phase, in line {line}; give every phase a file of its own")
    FOLDER = N_("this is a folder; a file is expected")
    HOURS = N_("`hours` is {hours}; stay within {least} to {most}, or widen `hours` in programme.yaml")
    HOURS_ORDER = N_("`hours` go from {least} to {most}; write the smaller as `min`")
    INVISIBLE = N_('an invisible character U+{code}; delete it, or write "\\u{code}" in double quotes')
    KEY = N_("a key that is no word; write `key: value`")
    KEY_NEAR = N_("the key `{key}` is not known here; did you mean `{near}`?")
    KEY_TWICE = N_("`{key}` is here twice, first in line {line}; keep one of them")
    KEY_UNKNOWN = N_("the key `{key}` is not known here; known here: {known}")
    LARGE = N_("the file is larger than {most} bytes; split it")
    LAST_WEEKS = NN_(
        "week {first} is missing after the last week of {phase}; write it, or shorten `weeks` in programme.yaml",
        "weeks {first} to {last} are missing after the last week of {phase}; "
        "write them, or shorten `weeks` in programme.yaml",
    )
    LESS = N_("{label} is {shown}; write {most} or less")
    LONG = N_("{label} has {size} characters; shorten it to {most} at most")
    LONG_SHORT = N_("`short` counts as {size} characters, because an emoji counts twice; shorten it to {most} at most")
    MANY = N_("{label} has {number} entries; keep {most} at most")
    MANY_WEEKS = N_("the phases take {weeks}; keep to {most} at most")
    MINUTES = N_("`minutes` is missing; write it, or leave it out for every task of the week")
    MINUTES_SUM = N_(
        "`hours` is {hours}, the tasks take {spent}; correct the hours or the minutes; ten per cent apart is allowed"
    )
    MISSING = N_("`{key}` is missing; add `{key}: …`. {purpose}")
    MISSING_FILE = N_("the file is missing; write it, or correct its name where it is used")
    MORE = N_("{label} is {shown}; write {least} or more")
    NOT_A_LIST = N_("{label} is {shown}, not a list; begin each entry with `- ` on a line of its own")
    NOT_A_MAPPING = N_("{label} is {shown}; write `key: value` lines here. {purpose}")
    NOT_A_TEXT = N_("{label} is {shown}, not a text; write a text. {purpose}")
    NOT_ORDINARY = N_("this is no ordinary file; put an ordinary file in its place")
    NOT_QUOTED = N_('{label} is {shown} to YAML, not a text; put it in quotes: "{text}"')
    NOT_TRUE_OR_FALSE = N_("{label} is {shown}; write true or false, without quotes")
    NOT_UTF8 = N_("byte 0x{byte} is not UTF-8; save the file as UTF-8")
    NOT_WHOLE = N_("{label} is {shown}; write a whole number in digits, without quotes")
    NOT_YAML = N_("not YAML: {reason}; {cure}")
    NO_PHASE = N_("no phase names this file; name it in programme.yaml, or delete it")
    OTHER_FORM = N_("{label} is {shown}; write it in this form: {form}")
    PAPER_AFTER_SPARES = N_("a paper after the spares; move the spares to the end")
    PAPER_ORDER = N_("week {number} after week {before}; sort the papers by week, one a week at most")
    PAPER_OUTSIDE = N_("week {number} is outside its phase; {phase} has weeks {first} to {last}")
    PAPER_PHASE = N_("the phase {phase} does not exist; use one of {known}")
    PAPER_WITHOUT_WEEK = N_("the paper has no week; add `week: …`, or `spare: true`")
    PHASE_NAME = N_("`phase` is {name}, programme.yaml names this file for {phase}; write {phase}")
    QUESTION = N_("the question is asked in week {number}, {file}; ask something else; questions must differ")
    RANK = N_("`rank` is {rank}; write {expected}: skills are in order")
    SAME_SHORT = N_("`short` is that of another task; make them differ")
    SLUG = N_("`slug` is {slug}, the folder is {folder}; give both the same name")
    SPARE_WITH_WEEK = N_("a spare has no week; delete `week`, or `spare`")
    TAG = N_("the tag {tag}; leave tags out; quotes make a text of anything")
    TAKEN = N_("`{key}` {text} is taken, by line {line}; choose another; they must differ")
    TITLE = N_("the title is that of week {number}, {file} line {line}; choose another; titles must differ")
    UNCOVERED_ACTION = N_("no week of {phase} covers the action {item}; name it in the `covers` of a week there")
    UNCOVERED_HORIZON = N_("no week covers the `{horizon}` item {item}; name it in the `covers` of a week")
    UNCOVERED_SKILL = N_("no week covers the skill {item}; name it in the `covers` of a week")
    UNFIT = N_("{label} is {shown}; correct it. {purpose}")
    UNREADABLE = N_("it cannot be read ({reason}); make it readable")
    UTF16 = N_("the file is UTF-16; save it as UTF-8")
    WEEKS_MISSING = NN_(
        "week {first} is missing before week {number}; write it",
        "weeks {first} to {last} are missing before week {number}; write them",
    )
    WEEK_OUTSIDE = N_(
        "week {number} is outside {phase}, which has weeks {first} to {last}; expected here: week {expected}"
    )


class Yaml(Sentences):
    """The cure for what YAML says; stands in `Wrong.NOT_YAML`."""

    ALIGN = N_("align it with the lines above, and close every quote")
    COLON = N_('put a text that holds ": " in quotes, and align keys with each other')
    DASHES = N_("begin every entry of the list with `- ` in the same column")
    ESCAPE = N_("write \\\\ for a backslash, or use single quotes")
    FILE = N_("fix the file")
    HERE = N_("fix the YAML here or in the line above")
    KEY = N_("write `key: value`; the mistake may be in the line above")
    QUOTES = N_("close the quotes")
    SPACES = N_("indent with spaces, not with tabs")
    START = N_("indent with spaces, not with tabs, and put texts with such a sign in quotes")
    WRITE_OUT = N_("write the text out")


class Shown(Sentences):
    """What stands in a file, and where."""

    BOOLEAN = N_("{text} (true or false)")
    EMPTY = N_("empty")
    ENTRY = N_("entry {number} of `{key}`")
    FILE = N_("the file")
    LIST = N_("a list")
    MAPPING = N_("a mapping of keys")
    NUMBER = N_("the number {text}")
    SPENT = N_("{hours} h {minutes} min")
    TEXT = N_('the text "{text}"')


class Translation(Sentences):
    """What is wrong in a file of translations, and how much there is in it."""

    CARD_OF_PAPER = N_("the card of the paper {name} would have {size} characters; shorten its texts to {most} in all")
    CARD_OF_WEEK = N_("the card of week {number} would have {size} characters; shorten its texts to {most} in all")
    BLANK = N_("the translation of “{text}” is blank; write it, or leave it empty")
    BROKEN = N_("{reason}; save it again in an editor for PO files")
    CHANGED = N_(
        "the original of “{text}” has changed; "
        "run cohort-bot content translate {folder} {language}, then translate it again"
    )
    COVERAGE = N_(
        "{name}: translated weeks {weeks}/{all_weeks}, papers {papers}/{all_papers}, texts {texts}/{all_texts}"
    )
    HEADER = N_("its header says the language {language}; call it {language}.po, or correct the header")
    INVISIBLE = N_("an invisible character U+{code}; delete it")
    LARGE = N_("the file has more than {most} bytes; is it a file of translations?")
    LINES = N_("the translation of “{text}” has several lines; write it as one")
    LONG = N_("the translation of “{text}” has {size} characters; shorten it to {most} at most")
    NOT_PO = N_("it is no file of translations; save it again in an editor for PO files")
    NOT_UTF8 = N_("it is not UTF-8; save it as UTF-8")
    NO_LANGUAGE = N_("{name} is no language; call the file de.po, es.po or pt-BR.po")
    OWN_LANGUAGE = N_("{name} is the programme's own language; correct `language`, or delete the file")
    PLURAL = N_("an entry with plural forms; keep one text; a programme has no others")
    SAME_SHORT = N_("two tasks of week {number} have the same `short`; make the two differ")
    UNREADABLE = N_("it cannot be read: {reason}; make it a file that the bot may read")


class Folder(Sentences):
    """What is wrong with the programmes of a folder, for whoever runs the bot."""

    FAILS = NN_(
        "The programme {name} does not pass its check: {problem}",
        "The programme {name} does not pass its check: {n} problems, the first: {problem}",
    )
    MISSING = N_("There is no folder {folder}.")
    MISSING_CURE = N_("Make it, or correct CONTENT_DIR.")
    NOT_EMPTY = N_("it is there already and not empty; name a new folder")
    NONE = N_("There is no programme in {folder}.")
    NONE_CURE = N_("Name a folder with a programme.yaml, or one that holds such folders.")
