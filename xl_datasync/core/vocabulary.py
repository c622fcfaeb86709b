"""Words of record-keeping: how local government shortens them, which mean the same, which must not be mixed up.

What stands here is about words, never about one dataset. A shortening is in :data:`ABBREVIATIONS` only where it means
one thing in nearly all tables and is not just the beginning of the word, which is understood anyhow.
"""

from __future__ import annotations


def _pairs(text: str) -> dict[str, str]:
    """``short = long``, one to a comma; several shortenings may stand before one “=”."""
    pairs = (pair.split(" = ") for pair in " ".join(text.split()).split(", "))
    return {short: long for shorts, long in pairs for short in shorts.split()}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _groups(text: str) -> list[frozenset[str]]:
    """Words that belong together, groups with a stroke between them."""
    return [frozenset(group.split()) for group in text.split("/")]


# American, Canadian and British use.
ABBREVIATIONS = _pairs(
    """
    acct = account, addr adr addrs addres = address, agcy agncy = agency, amt amnt = amount, apt = apartment, appl
    applic applicn = application, approp appr = appropriation, apr = april, assoc = association, aug = august, auth
    = authority, ave av = avenue, avg = average, bal = balance, bathrm bths baths = bathroom, bedrm bdrm bdrms
    bdrooms beds = bedroom, bgn beg = begin, dob birthdate birthday bdate = birth date, blvd = boulevard, budg bdgt
    bgt = budget, bldg bld blg = building, bus busn = business, cat catg categ = category, ctr cntr = center, cert =
    certificate, chg = change, cls = class, clsd = closed, cde = code, clr = color, cmnt cmnts cmt = comment, commis
    = commission, compl = complaint, constr = construction, contr = contractor, cncl = council, cnt = count, cnty =
    county, curr = current, cust = customer, dt dte = date, dec = december, dept dpt deptmt = department, dpth =
    depth, desc descr dscr descrip descript descrp dsc = description, dispo = disposition, div = division, doc =
    document, dba = doing business as, drv = driver, eff = effective, elev = elevation, emerg = emergency, emp empl
    = employee, ein fein = employer identifier number, encumb = encumbrance, equip = equipment, estab =
    establishment, ethn eth = ethnicity, expend expenditr = expenditure, expir expr xpir = expiration, fac facil =
    facility, feb = february, ft = feet, fld = field, fname firstname fnm = first name, fy fyr = fiscal year, flg =
    flag, fl flr = floor, freq = frequency, fri = friday, fnd = fund, gndr sex = gender, govt = government, grs =
    gross, grp = group, hgt ht = height, hwy = highway, hisp = hispanic, hosp = hospital, hrs hr = hour, id ident =
    identifier, incid incdt = incident, ind indic = indicator, info = information, init = initial, inst instit =
    institution, invc = invoice, iss = issue, jan = january, jul = july, jun = june, juris jurisd = jurisdiction,
    lname lastname lnm surname = last name, lat latit = latitude, len = length, lvl = level, lic licns licn =
    license, lt = light, ln = line, lon long lng longit = longitude, maint mnt = maintenance, mgmt mgt = management,
    mgr = manager, mfg mfr = manufacturer, mar = march, mkt = market, max = maximum, mtr = meter, mname = middle
    name, mins = minute, misc = miscellaneous, mo mos = month, muni munic =
    municipal, mun = municipality, nm nme = name, natl = national, neg = negative, nbhd nbrhd nhood nbhood hood
    neigh neighbor = neighborhood, nov = november, no nr num nbr nmbr numb numbr nums = number, occ occup =
    occupancy, oct = october, ofc = office, offcr ofcr = officer, org orgn = organization, orig = original, own ownr
    ownrshp = owner, parc prcl = parcel, pkg prkg = parking, paymt pymt pmt = payment, pct prcnt perc pcnt =
    percent, perm prmt = permit, pop = population, posn = position, lbs = pound, prcnct precnct = precinct, prcp
    precip = precipitation, pref = prefix, prev = previous, prog prgm pgm = program, proj prj = project, publ =
    public, purch = purchase, qty quan = quantity, recpt rcpt = receipt, recd rcvd rcv = received, regis regist =
    registration, rpt rprt = report, rqst = request, resid = residential, resp = response, rd = road, rm = room, rte
    rt = route, sal = salary, sat = saturday, sched schd = schedule, schl = school, sect = section, sept =
    september, svc svcs srv srvc serv srvce = service, sr = service request, ssn = social security number, src =
    source, spd = speed, sq = square, sqft sf = square feet, stmt = statement, stn = station, sts stts = status,
    strs = story, str strt = street, subdiv subd = subdivision, sfx suf suff sufx = suffix, ste = suite, sun =
    sunday, supv supr supvr = supervisor, tel ph phone = telephone, temp = temperature, thu thur thurs = thursday,
    tot ttl totl = total, twp = township, tran trns txn xact = transaction, tue tues = tuesday, typ ty = type, upd
    updt = updated, util = utility, valu = value, veh vehic = vehicle, vend vndr = vendor, viol vio violat =
    violation, url website weblink link = web, wed = wednesday, wk = week, wgt wt = weight, wdth = width, yr yrs yy
    yyyy = year, yrblt yrbuilt = year built, ytd = year to date, zipcode zcode postcode = zip, zon = zoning
    """
)
# Shortenings that are known as parts of words written together, such as “expdate”; the other name says of what.
PARTS = _words(
    """
    app comm cond const cur dir disp est exp gov inc ins insp inspect int med off oper ord pos prec prof prop pub
    ref reg req res rev sch sec seq ser spec sub sup trans val viol vol
    """
)
# Two letters that often end a word written together.
SHORT_ENDINGS = _words("cd ct dt id nm no st ty yr")
# What these stand for depends on the table.
AMBIGUOUS = {
    short: frozenset(longs.split())
    for short, longs in {
        "st": "saint state station street",
        "co": "company county",
        "pd": "paid period police",
        "min": "minimum minute",
        "dist": "distance district",
        "di": "district",
        "ar": "area",
        "fr": "from",
        "pt": "part patient point",
        "tm": "team time",
        "ct": "city count court",
        "cs": "case",
        "sup": "supervisor supervisory",
        "cm": "comment",
        "cd": "code",
        "sp": "space special species",
        "hi": "high",
        "lo": "low",
        "mp": "milepost",
        "mi": "mile middle",
        "mon": "monday month",
    }.items()
}
# Several words that are one thing.
PHRASES = {
    tuple(words.split()): tuple(thing.split())
    for words, thing in {
        "zip code": "zip",
        "postal code": "zip",
        "post code": "zip",
        "web site": "web",
        "web page": "web",
        "date time": "timestamp",
        "time stamp": "timestamp",
        "phone number": "telephone",
        "telephone number": "telephone",
        "sq foot": "square feet",
        "square footage": "square feet",
        "square foot": "square feet",
        "identifier number": "identifier",
        "work order": "workorder",
        "email address": "email",
        "time of day": "time",
        "datetime": "timestamp",
        "coord": "coordinate",
        "cross street": "crossstreet",
    }.items()
}
# The same in every table, or British and American spelling.
SAME = _pairs(
    """
    lawyer = attorney, cancelled = canceled, catalogue = catalog, centre = center, cheque = check, children = child,
    colour = color, remark note = comment, kerb = curb, finish finished ending = end, expires expiry expire =
    expiration, foot = feet, grey = gray, identification = identifier, judgement = judgment, labour = labor, licence
    = license, men = man, metre = meter, neighbourhood = neighborhood, offence = offense, organisation =
    organization, percentage = percent, people persons = person, programme = program, begin beginning began commence
    begun = start, storey stories = story, tyre = tire, modified changed edited revised = updated, auto automobile =
    vehicle, supplier = vendor, women = woman
    """
)
# Words that may mean the same, where nothing else fits better.
KINDRED = _groups(
    """
    accident collision crash / action disposition outcome result / active current / activity program / actual spent
    / added created creation entered entry opened / address location place premise site / admission arrival intake /
    adopted approved / agency bureau department organization / agency division office organization / amount charge
    cost fee price / amount sum total value / animal pet / apartment suite unit / application permit / appraised
    assessed assessment / appropriation budget / approved issue issued / area community neighborhood / area region
    zone / area size / arrestee defendant offender subject suspect / article item product / average mean / avg mean
    / badge officer / balance remaining / ballot vote / basis cause purpose reason / bed bedroom / beneficiary payee
    recipient / birth born / brand make manufacturer / budget fiscal / business company corporation firm / business
    establishment facility premise restaurant / call incident / campus school / capacity seat / case crime event
    incident occurrence offense / category class group kind type / channel method source / charge offense violation
    / citation ticket / city municipality town / class course / client customer member rider subscriber user / close
    closed closure / closed completed completion finished resolved / code identifier key number / comment detail
    memo narrative / compensation earnings gross / complainant victim / complaint file incident record report /
    complaint issue problem / complaint request / condition stage status / condition weather / contact phone /
    contest race / contractor payee vendor / contribution donation gift / contributor donor / corrected resolved /
    count number quantity total / county parish / date timestamp / death fatal fatality killed / departure discharge
    release / description label name title / destination end to / detail information / dispatch dispatched /
    disposition state status / district ward / dock kiosk station stop / duration elapsed length / earnings pay
    salary wage / effective start / employee staff worker / employment hire start / end expiration / enrollment
    membership / entrance entry / ethnicity race / exit leave / expenditure expense payment spending / facility
    hospital provider / family household / filed opened received reported requested submitted / finding violation /
    firearm weapon / floor level story / from origin start / geom geometry shape / grade points rating score / high
    highest maximum / holder owner proprietor / home house residence / house street / hyperlink page web / indicator
    measure metric / individual person subject / injured injury / inspection visit / instructor teacher / job
    occupation position title / job project work / journey ride trip / kind sort / legal official / levy tax / lot
    parcel property / low lowest minimum / mobile telephone / opening start / order sequence / outcome resolution /
    paid payment / people person / people population / percent rate share / period term / period year / planned
    scheduled / plate tag / position rank / precipitation rain rainfall / priority severity / pupil student / road
    street / sale transaction / school site / sequence serial / time timestamp
    """
)
# Words that tell columns apart: where the one name has the one and the other the other, they never match.
OPPOSITES = _groups(
    """
    actual adopted budgeted estimated proposed / actual posted / address date / adult child juvenile / after before
    / altitude latitude longitude / amount percent / applicant contractor owner tenant / approved denied / april
    august december february january july june march may november october september / area depth height length width
    / arrival departure / asian black hispanic white / asset liability / average maximum median min minimum total /
    better same worse / birth death / birth hire / birth incident / birth offense / birth stop / building
    improvement land / buyer seller / city country county state street zip / close closed open opened / code
    description / code name / commercial industrial residential / contact contract / count date / count percent /
    created deleted updated / credit debit / current previous prior / date flag / date hours / date identifier /
    date name / date number / date status / date time / date type / day hour minute month quarter week year /
    description identifier / east north south west / end start stop / exclude excluded include included /
    expenditure expense revenue / expiration expired issue issued / export import / external internal / fax home
    mobile work / federal local state / female male / first last middle / friday monday saturday sunday thursday
    tuesday wednesday / from to / front rear / gross net / high low / identifier name / in out / inbound outbound /
    income outcome / injured killed / inner outer / left right / long short / mailing
    situs / name number / name type / new old / number text / prefix suffix / primary secondary / private public /
    received sent / rural urban / status type
    """
)
# Words that make no difference: “Date of Incident” is incident_date.
FILLERS = _words("an and at de del des du el for is la of on per the von was with")
# The word before one of these says what a column holds.
OF = _words("de del for of")
# Words that tell what a column holds; where the last word of one name is such, and the other lacks it, they differ.
HEADS = _words(
    """
    address age amount area category city class code color comment cost count county date day description direction
    district email fee flag footnote gender grade group hour identifier indicator key latitude length level
    longitude make measure method model month name number percent prefix race rate reason result score size source
    speed state status suffix telephone text time timestamp title total type unit value web width year zip
    """
)
# Heads that say little more than the word before them: “Department Name” is “Department”.
EMPTY_HEADS = _words("data description detail information name text value")
# Heads by which a thing is identified; “District ID” may be “District”.
IDENTITY_HEADS = _words("code identifier key number")
# Common words, so that names written together can be taken apart.
COMMON = HEADS | _words(
    """
    account agency applicant application approved arrest assessed begin birth block board borough building business
    case census charge check closed community company complaint complete contact contractor council created current
    customer department disposition division driver effective employee end entered event expiration facility file
    final first fiscal found fund hire house incident inspection inspector invoice issue issued job land last
    license limit line local location lot mailing map match meter middle mobile officer open order organization
    original owner parcel park parking payment permit person phone plate point police position posted precinct
    primary project property public purchase received record region registration report request response route
    safety salary sale school search section sector service sheet site species start station stop store street
    student style subject tax team track tract traffic tree update updated use user vehicle vendor violation ward
    weight work zone zoning
    """
)
ROMAN_NUMERALS = _words("ii iii iv vi vii viii ix xi xii")
