"""What a column's header says about persons, and whether texts are names of persons.

A header decides alone only where it can mean nothing else (“Last Name”). “Owner” and “Name” may stand over companies
and parks as well, so that there the cells decide: enough of them must begin with a common given name.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import partial

from xl_datasync.core.names import squeeze, words_of


class Personal(Enum):
    """A kind of personal data, in the words of messages and answers."""

    NAMES = "names of persons"
    BIRTH_DATES = "birth dates"
    SSN = "social security numbers"
    EMAIL = "e-mail addresses"
    PHONE = "phone numbers"


@dataclass(frozen=True)
class Expected:
    """What a header makes one expect.

    :param kind: None where it says nothing.
    :param sure: whether the header alone decides; else the cells must look the part.
    :param not_ssn: whether it names codes that are written like social security numbers; ``not_phone`` likewise, also
        for the numbers of companies and offices.
    """

    kind: Personal | None = None
    sure: bool = False
    not_ssn: bool = False
    not_phone: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PHONE = _words("phone phones telephone telephones tel mobile cell cellphone telefono celular movil")
_NAME = _words("name names nombre nombres")
_OF_A_NAME = _words("first last middle full given family maiden preferred legal completo")
_ALWAYS_NAMES = _words(
    "surname surnames forename forenames firstname lastname fullname middlename lname fname apellido apellidos"
)
# Who has one of these is a person; who has one of the others may be a company.
_PERSONS = _words(
    """employee employees resident residents patient patients student students pupil parent parents guardian victim
    victims inmate offender suspect driver passenger witness deceased decedent spouse child mother father wife husband
    voter doctor physician nurse teacher instructor officer caller person individual heir homeowner author lobbyist
    empleado paciente estudiante"""
)
_ROLES = _PERSONS | _words(
    """owner owners coowner applicant applicants contact contacts tenant tenants client clients complainant claimant
    respondent defendant plaintiff licensee buyer seller grantor grantee borrower taxpayer donor attorney lawyer
    requester requestor customer member subject beneficiary landlord lessee lessor renter occupant permittee registrant
    payee recipient signer signatory propietario dueno solicitante"""
)
# Beside these words a name, a number or a birth date is not a person's, or not a private one.
_NOT_OF_PERSONS = _words(
    """business businesses company companies firm corporate corporation organization organisation org agency department
    dept office park street road avenue school facility building project product file place city town village county
    state country district ward neighborhood neighbourhood program station site location route line stop team species
    common scientific brand trade dba user username event store restaurant establishment hotel venue vessel ship boat
    dog pet animal cat horse landmark bridge river lake trail bank fund plan contract sheet table column field dataset
    layer model domain host server storm library hospital clinic pharmacy entity group unit division bureau board
    committee public hotline toll tollfree main support help service services vendor supplier merchant fax empresa
    negocio calle parque escuela agencia"""
)
_CODES = _words("parcel apn ain lot part sku isbn tract docket tracking serial model item catalog barcode")
_NUMBERS = _words("id identifier number no num nr code case permit license account invoice order reference")
_BIRTH = _words("birth born nacimiento nac")
_DAY = _words("date dt day fecha")


def expected(header: str) -> Expected:
    """What a header makes one expect of the cells below it."""
    words, joined = set(words_of(header)), squeeze(header)
    foreign = bool(words & _NOT_OF_PERSONS)
    codes, numbers = bool(words & _CODES), bool(words & _NUMBERS)
    phone = bool(words & _PHONE) or joined.startswith(("phone", "telephone"))
    said = partial(Expected, not_ssn=codes, not_phone=codes or (foreign and phone) or (numbers and not phone))
    if (
        "ssn" in words
        or joined in ("ssn", "socsec")
        or (words >= {"social", "security"})
        or words >= {"seguro", "social"}
    ):
        return Expected(Personal.SSN, sure=not foreign)
    if not foreign and (
        words & {"dob", "birthdate", "birthday"} or joined == "dob" or (words & _BIRTH and words & _DAY)
    ):
        return said(Personal.BIRTH_DATES, sure=True)
    if phone and not foreign:
        return said(Personal.PHONE, sure=True)
    return said(*_names(words, foreign=foreign))


def _names(words: Collection[str], *, foreign: bool) -> tuple[Personal | None, bool]:
    """Whether names are expected, and whether that is sure."""
    some = set(words)
    of_persons = some & _ALWAYS_NAMES or (some & _NAME and some & (_OF_A_NAME | _PERSONS))
    if of_persons:
        return Personal.NAMES, not foreign
    if some & _ROLES and (not foreign or some & _NAME):
        return Personal.NAMES, False
    if set() < some <= _NAME:
        return Personal.NAMES, False
    return None, False


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Words of companies, places and things that are called after persons.
_NO_PERSON = _words(
    """llc llp lp inc incorporated corp corporation co company ltd limited trust bank city county state town village
    church school academy college university dept department office park plaza square street st road rd avenue ave
    boulevard blvd drive dr lane ln court ct way highway hwy bridge center centre memorial library hospital clinic
    museum hall house hotel inn cafe restaurant bar grill pizza shop store market properties property group services
    service partners associates association foundation society club committee council authority commission estate
    holdings realty construction contracting plumbing electric builders homes housing apartments farm farms garden
    gardens field lake creek river beach island trail station stadium arena theater theatre of the and for at"""
)
_GIVEN_NAMES = _words(
    """aaron abigail adam adrian alan albert alejandro alex alexander alexandra alexis alice alicia allen alyssa amanda
    amber amy ana andre andrea andrew angel angela anita ann anna anne annie anthony antonio april arthur ashley austin
    barbara benjamin bernard beth betty beverly billy bobby bonnie bradley brandon brenda brent brian brittany bruce
    bryan caleb calvin cameron carl carla carlos carmen carol caroline carolyn carrie catherine cathy chad charles
    charlotte cheryl chloe chris christian christina christine christopher cindy claire clara clarence claudia cody
    colin colleen connie connor corey courtney craig crystal curtis cynthia dale dan dana daniel danielle danny darlene
    darrell david dawn dean deborah debra denise dennis derek diana diane diego donald donna doris dorothy douglas
    duane dylan earl eddie edgar eduardo edward edwin eileen elaine elena elizabeth ellen emily emma eric erica erik
    erin ernest ethan eugene eva evan evelyn fernando florence frances francis francisco frank fred frederick gabriel
    gail gary george gerald geraldine gilbert gina gladys glen glenn gloria gordon grace greg gregory guadalupe hannah
    harold harry heather hector heidi helen henry herbert holly howard ian ida irene isaac isabella jack jackie jacob
    jacqueline jaime james jamie jane janet janice jared jasmine jason javier jean jeff jeffery jeffrey jennifer jeremy
    jerome jerry jesse jessica jesus jill jim jimmy joan joann joanne joe joel john johnny jon jonathan jorge jose
    joseph joshua joyce juan juanita judith judy julia julian julie june justin karen karl katherine kathleen kathryn
    kathy katie kayla keith kelly kenneth kevin kim kimberly kristen kristin kristina kurt kyle larry laura lauren
    laurie lawrence leah lee leo leon leonard leslie lillian linda lisa lloyd logan lois lori lorraine louis louise
    lucas lucia lucille lucy luis luke lynn madison marc marcia marcus margaret maria marie marilyn mario marion
    marjorie mark marlene marsha marshall martha martin marvin mary mason matthew maureen maurice max megan melanie
    melissa melvin mia michael micheal michele michelle miguel mike mildred milton mitchell monica morgan nancy natalie
    natasha nathan nathaniel nicholas nicole nina noah norma norman olivia oscar pamela patricia patrick paul paula
    pauline pedro peggy penny peter philip phillip phyllis priya rachel rafael ralph ramon randall randy raymond rebecca
    regina renee ricardo richard rick rita robert roberta roberto rodney roger ronald rosa rose rosemary ross roy ruben
    ruby russell ruth ryan sally sam samantha samuel sandra sara sarah scott sean sergio seth shane shannon sharon shawn
    sheila shelly sherri sherry shirley sofia sophia stacey stacy stanley stephanie stephen steve steven sue susan
    suzanne sylvia tamara tammy tanya tara ted teresa terrance terri terry theodore theresa thomas tiffany tim timothy
    tina todd tom tommy tony tonya tracey tracy travis troy tyler valerie vanessa vera vernon veronica vicki victor
    victoria vincent virginia vivian walter wanda warren wayne wendy wesley wei william willie yolanda yvonne zachary
    zoe"""
)
GIVEN_NAME_SHARE = 0.15
"""About half of all people in the U.S. have one of these given names; of streets, parks and companies hardly any do."""


def looks_like_person(text: str) -> bool:
    """Whether a text is written like a person's name that begins with a common given name, or has it after a comma."""
    if len(text) > 60 or not {"&", "@"}.isdisjoint(text) or any(mark.isdigit() for mark in text):
        return False
    before, comma, after = text.partition(",")
    words = [word.casefold() for word in _WORD.findall(f"{after} {before}" if comma else text)]
    return 2 <= len(words) <= 5 and words[0] in _GIVEN_NAMES and _NO_PERSON.isdisjoint(words)


def are_persons(texts: Collection[str]) -> bool:
    """Whether enough of some different texts look like persons."""
    found = sum(map(looks_like_person, texts))
    return found >= max(1 if len(texts) <= 3 else 2, GIVEN_NAME_SHARE * len(texts))
