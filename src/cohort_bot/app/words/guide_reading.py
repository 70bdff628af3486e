"""What reading somebody's guide finds: why it is refused, what is asked about it, and how its lines were read."""

from cohort_bot.chat.i18n import N_
from cohort_bot.chat.sentence import Sentences


class Refused(Sentences):
    """Why no programme can be made of it, with the cure."""

    BAD_BYTE = N_("a byte that is not {encoding}; save the guide as UTF-8")
    BAD_LENGTH = N_("{why}; write a length such as 16 weeks")
    BAD_NAME = N_('"{name}" cannot name a programme: use letters, digits, - and _ for the folder')
    BAD_PATH = N_("“{name}” is no path inside the programme's folder. Zip only that folder.")
    CANNOT_READ = N_("{path} cannot be read: {reason}")
    CANNOT_WRITE = N_("{path} cannot be written: {reason}")
    DAMAGED = N_("it is damaged, or not what its name says; open it, save it again, and try that file")
    DAMAGED_ZIP = N_("The zip file is damaged, or has a password. Zip the folder again, without one.")
    EMPTY = N_("the guide is empty")
    EMPTY_ROADMAP = N_("the roadmap is empty; phases with their lengths and actions belong here")
    FAILS_CHECK = N_("what came of the guide does not pass the check:\n{problems}")
    FILE_TOO_LARGE = N_("it is larger than {size} MB; save only the plan, as text")
    LONG_ACTION = N_("an action of {size} characters; split it, at most {most} fit")
    LONG_TITLE = N_("a phase's title of {size} characters; at most {most} fit")
    MANY_PHASES = N_("{phases}; at most {most} make a programme")
    MANY_WEEKS = N_("the roadmap takes {weeks}; at most {most} make a programme")
    NEEDS_LIBRARIES = N_("a .{kind} file needs more libraries: pip install 'cohort-bot[documents]'")
    NOT_A_PROGRAMME = N_("The programme does not pass its check:\n{problems}")
    NOT_EMPTY = N_("{path} is there already and not empty; name a new folder")
    NOT_ORDINARY = N_("this is no ordinary file; save the guide as a text file")
    NO_COLUMN = N_("no column says when; name a column Week, Month or Phase in the first row")
    NO_LENGTH = N_("no phase of the roadmap has a length; write one such as 16 weeks below its title")
    NO_ROADMAP = N_(
        "the guide has no roadmap: a section such as 'Your Learning Roadmap' with phases, their lengths and actions"
    )
    NO_TABLE = N_("this is no table: {reason}")
    NO_TEXT = N_("this is no text (a NUL or half a character); save the guide as UTF-8 text")
    NO_TEXT_IN_IT = N_(
        "there is no text in it: it is empty, or a scan; save the guide as text, or run text recognition (OCR) first"
    )
    OLD_OFFICE = N_(
        "it is protected with a password, or in the format of Office before 2007; "
        "save it as .docx or .xlsx without a password"
    )
    OTHER_ZIP = N_("this is a zip file, or a document of another kind; name a .docx, .pdf, .xlsx or text file")
    PASSWORD = N_("it is protected with a password; save it without one")
    RTF = N_("this is RTF; save the guide as .docx or as text")
    SEVERAL_SHEETS = N_("several of its sheets are plans ({names}); export the one you mean as CSV")
    SHEET_TOO_LARGE = N_("a sheet has more than {most} cells; export only the plan, as CSV")
    TOO_LONG = N_("the guide has more than {most} characters")
    TOO_MANY_FILES = N_("Its files are too many or too large. Zip only the programme's own folder.")
    UNCLEAR = N_("the guide can be read in more ways than I can ask about; change it so that it is clear:")
    UNCLEAR_IN_TERMINAL = N_(
        "the guide can be read in several ways; answer at a terminal, without --yes, "
        "or change the guide so that it is clear:"
    )
    UNPACKS_TOO_LARGE = N_("it unpacks to more than {size} MB; save only the plan, as text")


class Length(Sentences):
    """How long a part of it takes."""

    BACKWARDS = N_('"{said}" is no span of time')
    CONVERTED = N_('"{said}" is taken as {weeks} (52 weeks are a year)')
    NO_NUMBER = N_('"{said}" is no number of weeks')
    RANGE = N_('"{said}" is a range: its longer end is taken, {weeks}')
    TOO_LONG = N_('"{said}" is longer than {weeks}')


class Asked(Sentences):
    """What only its author can know, and the answers to choose from."""

    ASSUMED = N_('"{title}" has no length: {weeks} are assumed, {each} an action.')
    BEGINS = N_('"{title}" says week {said}, but would begin in week {number}.')
    BEGINS_AGAIN = N_('"{label}" begins again after "{title}".')
    GAP = N_('"{label}" comes after "{before}": what is between them is not in the guide.')
    IN_BOTH = N_('"{label}" comes after "{before}": {number} is in both.')
    LENGTHS = N_('"{title}" says {said}, and its parts add up to {weeks}.')
    OUT_OF_ORDER = N_('"{label}" comes after "{before}": they are out of order.')
    PATHS = N_("There are several plans: {names}. Which one do you want?")
    TITLE = N_('The title says "{said}", but the plan has {weeks}. Is that right?')
    TWICE = N_(
        '"{title}" and what follows are listed twice, again below "{heading}", and the two lists differ. '
        "Which one is the plan?"
    )
    AS_THEY_STAND = N_("take them in the order of the text")
    FOLLOW = N_("let it follow the others")
    LEAVE_OUT = N_("leave it out: it runs alongside the others")
    LONGER_END = N_("take {weeks}: the last part is {last} long")
    PARTS = N_("take its parts: {weeks}")
    YES = N_("yes, {weeks}")


class Read(Sentences):
    """How lines were read, and what was left out and why."""

    DAYS = N_("seven days are taken as a week")
    FOUND = N_('"{label}" has {weeks} in the guide')
    GATE_FULL = N_("not placed: a gate has at most {most} lines")
    HOURS = N_(
        "a week has {hours} ({least} to {most} are allowed), unless all its tasks state a time; "
        "add `minutes` to the other weeks, and `recall` questions, where you want them"
    )
    LEFT_OUT = N_('not placed, {why}: "{text}"')
    LISTED_TWICE = N_("the same parts are listed twice; the more detailed list is used")
    MISSING = N_("not found in the guide: {parts}")
    NO_ACTIONS = N_('"{title}" has no actions, so its title is used as one')
    NO_ANSWER = N_('not placed, a question without an answer: "{question}"')
    NO_EXPLANATION = N_('"{name}" has no explanation, its name stands in')
    NO_OVERVIEW = N_("the guide has no overview: the summary only says how long the plan is")
    NO_PHASES = N_("the plan has weeks and no phases: every four weeks are taken as one")
    NO_PHASE_TITLE = N_('the phase has no title, it is called "{title}"')
    NO_QUESTION = N_("an answer without its question: the heading stands in for it")
    NO_ROOM = N_("week {number} has no room for it as a task: it covers {item} without saying so")
    NO_TITLE = N_('the guide has no title: "{title}" stands in')
    ROADMAP = N_('"{heading}" is taken as the roadmap, because phases with durations follow it')
    SECOND = N_("a second section of this kind is added to the first")
    SHORTENED = N_("the title is shortened to {most} characters")
    SKILLS = N_("the skills are spread evenly over the weeks; move each to the week in which it is needed")
    TOO_LONG = N_("not placed: {size} characters, at most {most} fit")
    TOO_LONG_PAIR = N_("not placed: more than {most} characters")


class Why(Sentences):
    """Why a line has no place; stands in `Read.LEFT_OUT`."""

    AFTER_UNKNOWN = N_("it follows a heading that is not known")
    ALONGSIDE = N_("it runs alongside the plan")
    ANSWER_TOO_LONG = N_("the answer is too long")
    CLOSING = N_("closing words")
    INTRODUCTION = N_("introduction")
    NOT_CLEAR = N_("its meaning is not clear")
    NOT_IN_LIST = N_("it is no entry of the list")
    NOT_IN_PLAN = N_("it is not part of the plan")
    NO_ACTION = N_("it is no action of the phase")
    OTHER_LIST = N_("the other list of the same parts is the plan")
    OTHER_PLAN = N_("it belongs to another plan")
    OTHER_SECTION = N_("it is in a section of another kind")
    PRIORITY = N_("a priority, order says as much")
    REPEATED = N_("it is a repetition")
    SUMMARY_FULL = N_("the summary would be longer than {most} characters")


class Part(Sentences):
    """What a guide should have; stands in `Read.MISSING`."""

    STRENGTHS = N_("transferable skills")
    SKILLS = N_("skills to learn")
    THIS_WEEK = N_("this week")
    THIS_MONTH = N_("this month")
    NEXT_90_DAYS = N_("next 90 days")
    ENJOY = N_("what you will love")
    MISS = N_("what you might miss")
    CHALLENGES = N_("challenges")
    FAQ = N_("questions with answers")


class Report(Sentences):
    """Around all of it; `HEADER` stands in each file that is made of it."""

    HEADER = N_(
        "A first draft, made from a career guide by `cohort-bot content import`. The guide's items are kept word\n"
        "for word; give each week a milestone of its own, then run `cohort-bot content check`. Once the tasks are\n"
        "yours, tell how long each takes (`minutes: 30`), and what to ask again later (`recall:`);\n"
        "docs/how-to/write-a-programme.md shows both."
    )
    LINE = N_("line {line}: {what}")
    DONE = N_("{title}: {weeks}, {phases}, {actions}, {steps}, {skills}, in {folder}")
