"""The mapping dialog's model: what goes where, how sure that is, what stands in the way, what is saved."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.dialogs.samples_mapping import (
    CELLS,
    HEADERS,
    PERMITS,
    PERMITS_FORM,
    SAVED,
    SAVED_FORM,
    block,
    dataset_of,
    form_of,
    shape_of,
)
from xl_datasync.core.column_map import PARTS_OF, ColumnChoice, Part, Send
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.mapping import settle_mapping
from xl_datasync.core.options import PercentStyle
from xl_datasync.core.problems import ProblemLog
from xl_datasync.core.values import ErrorValue, SheetColumn, Value
from xl_datasync.dialogs.mapping.check import check_column
from xl_datasync.dialogs.mapping.details import details
from xl_datasync.dialogs.mapping.form import Filling, MapForm, Sure, Target
from xl_datasync.dialogs.mapping.hurdles import do_deed, hurdles, setting_faults
from xl_datasync.dialogs.mapping.model import MappingModel
from xl_datasync.dialogs.mapping.narrowing import Filter, counts, shown_keys
from xl_datasync.dialogs.mapping.offers import LEAVE_OUT, all_offers, matching_offers
from xl_datasync.dialogs.mapping.profile import make_profile
from xl_datasync.dialogs.mapping.words import Mark, cells, listed, summary

PERMIT, FEE, ISSUED, INSPECTED, OWNER, SHARE, ZIP, LATITUDE, LONGITUDE, NOTES = range(10)


def checked(model: MappingModel) -> MappingModel:
    """The model after everything was checked."""
    for name in model.to_check():
        subject = model.subject(name)
        assert model.take_check(subject, check_column(subject))
    return model


def permits(**changes: object) -> MappingModel:
    """A model of the permits."""
    return checked(MappingModel(replace(PERMITS_FORM, **changes)))  # type: ignore[arg-type]


def targets(model: MappingModel) -> dict[int, Target]:
    """Where each sheet column goes."""
    return {one.index: target for one in model.columns if (target := model.target(one.index))}


def settled(model: MappingModel) -> dict[str, tuple[str, ...]]:
    """What a run makes of the rows that are saved: portal column → letters."""
    log = ProblemLog()
    mapping = settle_mapping(model.form.shape, model.dataset, model.answer(), log)
    assert not log.problems()
    return {one.column.field_name: tuple(source.letter for source in one.sources) for one in mapping.columns}


def rebuilt(model: MappingModel, dataset: Dataset) -> list[str]:
    """Go on with another state of the dataset; what has changed."""
    renewal = model.renewal(dataset, model.answer(by_field=True))
    if renewal:
        model.rebuild(renewal)
    return list(renewal.changed) if renewal else []


# what it begins with


def test_names_are_suggested_with_how_sure_they_are() -> None:
    """Equal names are exact, names alike but for case are the same name, others are guesses."""
    model = permits()
    words = {index: placed.sure for index in targets(model) if (placed := model.placed(index))}
    assert words[PERMIT] is Sure.EXACT
    assert words[FEE] is Sure.SAME_NAME
    assert words[ZIP] is Sure.GUESS
    assert model.guesses == [ZIP, "location"]
    assert model.target(NOTES) is None


def test_saved_rows_go_first_and_say_so() -> None:
    """What the Column map says is “saved”, what it leaves out is left out by the clerk, what stays blank is said."""
    model = MappingModel(SAVED_FORM)
    placed = model.placed(PERMIT)
    assert placed
    assert placed.sure is Sure.SAVED
    assert model.was_left_out(NOTES)
    assert model.filling("contractor") == Filling(None)


def test_rows_that_cannot_be_followed_are_noted() -> None:
    """A saved row whose sheet column is gone is named at the top."""
    model = permits(choices=(*SAVED, ColumnChoice("Old header", "", "Fee")))
    assert any("Old header" in note for note in model.notes)


def test_every_setting_of_a_saved_row_comes_back() -> None:
    """What a row says beside its target is shown, and saved again as it was."""
    rows = (
        ColumnChoice("Issue Date", "", "Issue Date", date_format="DD/MM/YYYY", default="2024-01-01"),
        ColumnChoice("Inspection Time", "", "Inspection Time", time_zone="America/Chicago"),
        ColumnChoice(
            "Owner Occupied", "", "Owner Occupied", yes_words=frozenset({"x"}), no_words=frozenset({"-", "o"})
        ),
        ColumnChoice("Share Paid", "", "Share Paid", percent_style=PercentStyle.TIMES_100),
        ColumnChoice("ZIP Codes", "", "ZIP Code", keep_text=True),
        ColumnChoice("Latitude", "", "Location", part=Part.LATITUDE),
        ColumnChoice("Longitude", "", "Location", part=Part.LONGITUDE),
        ColumnChoice("", "", "Contractor", fixed_value="none"),
    )
    answer = permits(choices=rows).answer()
    assert set(rows) <= set(answer)


# choosing


def test_choosing_takes_a_portal_column_from_another() -> None:
    """A portal column never has two sheet columns; who loses it is told."""
    model = permits()
    assert model.choose(NOTES, Target("fee")) == [FEE]
    assert model.target(FEE) is None
    assert settled(model)["fee"] == ("J",)


def test_choosing_what_was_guessed_confirms_it() -> None:
    """Picking the same portal column again is as good as saying that the guess is right."""
    model = permits()
    model.choose(ZIP, Target("zip_code"))
    placed = model.placed(ZIP)
    assert placed
    assert placed.sure is Sure.CONFIRMED


def test_leaving_out_and_taking_back() -> None:
    """Delete leaves a column out; each step can be taken back, to the first."""
    model = permits()
    first = targets(model)
    model.choose(FEE, None)
    model.confirm(ZIP)
    model.leave_blank("contractor")
    assert model.was_left_out(FEE)
    for _ in range(3):
        assert model.can_undo
        model.undo()
    assert targets(model) == first
    assert not model.can_undo


def test_a_deed_that_changes_nothing_is_no_step() -> None:
    """Setting what is set already leaves nothing to take back."""
    model = permits()
    model.set(FEE, default="")
    model.confirm(FEE)
    assert not model.can_undo


def test_places_are_put_together() -> None:
    """A point is made of latitude and longitude; the first rows show what it becomes."""
    model = permits()
    model.put_together("location", {Part.LATITUDE: LATITUDE, Part.LONGITUDE: LONGITUDE})
    checked(model)
    found = model.checked("location")
    assert found
    assert (found.lines[0].before, found.lines[0].after) == ("41.88, -87.63", "POINT (-87.63 41.88)")
    assert settled(model)["location"] == ("H", "I")
    assert "location" in model.rows()


def test_a_part_is_chosen_in_the_picker_too() -> None:
    """“Latitude of “Location”” is one of the choices of a sheet column."""
    model = permits()
    model.leave_blank("location")  # it was guessed
    model.choose(LATITUDE, Target("location", Part.LATITUDE))
    assert [hurdle.words for hurdle in hurdles(model) if "longitude" in hurdle.words]
    model.choose(LONGITUDE, Target("location", Part.LONGITUDE))
    assert model.parts("location") == {Part.LATITUDE: LATITUDE, Part.LONGITUDE: LONGITUDE}
    assert settled(model)["location"] == ("H", "I")


def test_a_place_has_each_part_once() -> None:
    """A second sheet column for the same part takes its place."""
    model = permits()
    model.leave_blank("location")  # it was guessed
    model.choose(LATITUDE, Target("location", Part.LATITUDE))
    assert model.choose(SHARE, Target("location", Part.LATITUDE)) == [LATITUDE]
    assert model.parts("location") == {Part.LATITUDE: SHARE}


def test_a_whole_takes_the_place_of_its_parts_and_the_other_way_round() -> None:
    """A portal column is either put together or filled by one column."""
    model = permits()
    model.put_together("location", {Part.LATITUDE: LATITUDE, Part.LONGITUDE: LONGITUDE})
    assert model.choose(NOTES, Target("location")) == [LATITUDE, LONGITUDE]
    assert model.sources("location") == (NOTES,)
    assert model.choose(LATITUDE, Target("location", Part.LATITUDE)) == [NOTES]
    assert model.sources("location") == (LATITUDE,)


def test_a_part_may_go_to_its_own_column_as_well() -> None:
    """A sheet's latitude is a number column and part of the point: both are saved and both are settled."""
    dataset = dataset_of(*PERMITS.columns, Column(12, "Latitude", "latitude", "number"))
    model = MappingModel(form_of(HEADERS, CELLS, dataset))
    model.put_together("location", {Part.LATITUDE: LATITUDE, Part.LONGITUDE: LONGITUDE})
    assert settled(model)["latitude"] == ("H",)
    assert settled(model)["location"] == ("H", "I")


def test_a_part_alone_is_not_sent_by_its_name() -> None:
    """Where a sheet column is only to be a part, a row keeps it from the portal column of its name."""
    dataset = dataset_of(*PERMITS.columns, Column(12, "Latitude", "latitude", "number"))
    model = MappingModel(form_of(HEADERS, CELLS, dataset, method=Method.UPSERT))
    model.choose(LATITUDE, Target("location", Part.LATITUDE))
    model.choose(LONGITUDE, Target("location", Part.LONGITUDE))
    assert "latitude" not in settled(model)
    assert settled(model)["location"] == ("H", "I")


def test_a_fixed_value_fills_a_portal_column() -> None:
    """The same value in every row; a sheet column that went there goes nowhere."""
    model = permits()
    model.set_fixed("fee", "12.5")
    assert model.target(FEE) is None
    checked(model)
    found = model.checked("fee")
    assert found
    assert found.lines[0].after == "12.5"
    assert ColumnChoice("", "", "Fee", fixed_value="12.5") in model.answer()


# what is saved


def test_what_is_saved_settles_to_the_same() -> None:
    """Loaded again, the answer gives the same map and nothing is left to guess."""
    model = permits()
    model.confirm(ZIP)
    model.leave_blank("location", "contractor")
    again = MappingModel(replace(PERMITS_FORM, choices=model.answer()))
    assert targets(again) == targets(model)
    assert again.answer() == model.answer()
    assert not again.guesses
    assert not hurdles(again)


def test_an_open_guess_is_not_saved() -> None:
    """Saved unfinished, a guess has no row, so that it stays a guess for everybody."""
    model = permits()
    assert not [row for row in model.answer() if row.sheet_column == "ZIP Codes"]


def test_settings_that_mean_nothing_are_not_saved() -> None:
    """A date format stays behind when the column goes to a text column; it is back when the column is."""
    model = permits()
    model.set(ISSUED, date_format="DD/MM/YYYY")
    model.choose(ISSUED, Target("contractor"))
    assert not any(row.date_format for row in model.answer())
    model.choose(ISSUED, Target("issue_date"))
    assert any(row.date_format for row in model.answer())


def test_headers_that_are_alike_are_told_apart_by_letters() -> None:
    """Only where a header does not do, the letter is saved."""
    dataset = dataset_of(Column(1, "A", "a", "text"), Column(2, "B", "b", "text"), Column(3, "C", "c", "text"))
    model = MappingModel(form_of(("Name", "name ", "", "C"), [["x"], ["y"], ["z"], ["w"]], dataset))
    model.choose(0, Target("a"))
    model.choose(1, Target("b"))
    letters = {row.sheet_column: row.letter for row in model.answer()}
    assert letters == {"Name": "A", "name ": "B", "C": ""}
    assert settled(model) == {"a": ("A",), "b": ("B",), "c": ("D",)}
    model.choose(2, Target("c"))
    assert settled(model)["c"] == ("C",)


def test_portal_columns_of_one_name_are_saved_by_their_field_names() -> None:
    """A display name that two columns share decides nothing."""
    dataset = dataset_of(Column(1, "Name", "name", "text"), Column(2, "Name", "name_2", "text"))
    model = MappingModel(form_of(("First", "Second"), [["x"], ["y"]], dataset))
    model.choose(0, Target("name"))
    model.choose(1, Target("name_2"))
    assert settled(model) == {"name": ("A",), "name_2": ("B",)}


WIDE = dataset_of(
    *PERMITS.columns, Column(40, "Latitude", "latitude", "number"), Column(41, "Site", "site", "location"),
    identifier="permit_number",
)  # fmt: skip


def some_deed(model: MappingModel, chance: random.Random) -> None:
    """Anything that a person may do."""
    index, name = chance.randrange(len(HEADERS)), chance.choice(WIDE.writable_columns).field_name
    match chance.randrange(8):
        case 0 | 1 | 2:
            model.choose(index, chance.choice(all_offers(model, index)).target)
        case 3:
            model.leave_blank(name)
        case 4:
            model.set_fixed(name, chance.choice(["1", "x", ""]))
        case 5:
            place = chance.choice(["location", "site"])
            parts = PARTS_OF[model.column(place).type]
            some = chance.sample(parts, chance.randrange(len(parts) + 1))
            model.put_together(place, {part: chance.randrange(len(HEADERS)) for part in some})
        case 6:
            model.undo()
        case _:
            model.confirm(*model.guesses)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_done_the_map_holds_together(seed: int) -> None:
    """Forty deeds by chance: no portal column twice, every row can be shown, and a run makes the same of what is saved."""
    chance = random.Random(seed)  # no secret
    model = MappingModel(form_of(HEADERS, CELLS, WIDE, method=chance.choice(list(Method))))
    for _ in range(40):
        some_deed(model, chance)
        whole = [placed.field_name for index in range(len(HEADERS)) if (placed := model.placed(index))]
        assert len(whole) == len(set(whole))
        assert not [name for name in ("location", "site") if model.parts(name) and name in whole]
        for key in model.rows():
            assert cells(model, key)
            assert details(model, key)
        open_ends = [one for one in hurdles(model) if one.must or "has no l" in one.words]
        if not model.guesses and not open_ends:
            assert {name: set(letters) for name, letters in settled(model).items()} == {
                column.field_name: {model.columns[index].letter for index in model.sources(column.field_name)}
                for column in model.sent
            }
            assert MappingModel(replace(model.form, choices=model.answer())).answer() == model.answer()


# reset, copy, rebuild


def test_reset_and_back() -> None:
    """Reset is what the names suggest; it can be taken back."""
    model = MappingModel(SAVED_FORM)
    model.set_fixed("contractor", "none")
    model.begin_anew(model.suggestion())
    assert model.filling("contractor") is None
    placed = model.placed(PERMIT)
    assert placed
    assert placed.sure is Sure.EXACT
    model.undo()
    assert model.filling("contractor") == Filling("none")


def test_copying_another_map() -> None:
    """Rows that fit are taken over, the others are told."""
    other = (ColumnChoice("FEE", "", "Contractor"), ColumnChoice("Nowhere", "", "Fee"))
    model = permits(others={"Fees": other})
    begun = model.other_map("Fees")
    model.begin_anew(begun)
    placed = model.placed(FEE)
    assert placed
    assert (placed.field_name, placed.sure) == ("contractor", Sure.COPIED)
    assert len(begun.notes) == 1
    assert "Nowhere" in begun.notes[0]


def test_a_dataset_that_changed_is_told_and_choices_are_kept() -> None:
    """Columns that are gone, new, renamed or of another type are named; what still fits stays, as sure as it was."""
    model = permits()
    model.choose(NOTES, Target("contractor"))
    model.confirm(ZIP)
    columns = [column for column in PERMITS.columns if column.field_name != "share_paid"]
    columns = [replace(one, type="text") if one.field_name == "fee" else one for one in columns]
    columns = [replace(one, name="Builder") if one.field_name == "contractor" else one for one in columns]
    new = dataset_of(*columns, Column(20, "Ward", "ward", "text"), identifier="permit_number")
    assert rebuilt(model, new) == [
        "The portal column “Share Paid” is gone.",
        "There is a new portal column, “Ward”.",
        "The portal column “Fee” is of another type: Text, not Number.",
        "The portal column “Contractor” is called “Builder” now.",
    ]
    assert model.target(SHARE) is None
    assert model.target(FEE) == Target("fee")
    placed = model.placed(ZIP)
    assert placed
    assert placed.sure is Sure.CONFIRMED
    checked(model)
    assert model.checked("fee")


def test_a_dataset_that_stayed_as_it_was_changes_nothing() -> None:
    """No word, and every step can still be taken back."""
    model = permits()
    model.confirm(ZIP)
    assert rebuilt(model, replace(PERMITS, rows_updated_at=5)) == []
    assert model.can_undo


def test_a_changed_row_identifier_is_told() -> None:
    """It decides which rows are updated."""
    model = permits()
    assert rebuilt(model, replace(PERMITS, row_identifier=None)) == ["The row identifier is gone."]


def test_a_renamed_portal_column_is_found_by_its_field_name() -> None:
    """The rows name it by what it was called, but the same column is meant."""
    model = permits()
    model.choose(NOTES, Target("zip_code"))
    renamed = [replace(one, name="Post code") if one.field_name == "zip_code" else one for one in PERMITS.columns]
    rebuilt(model, dataset_of(*renamed, identifier="permit_number"))
    assert model.target(NOTES) == Target("zip_code")
    assert "Post code" in [row.portal_field for row in model.answer()]


# checks


def test_cells_that_fail_are_counted_with_the_reason_and_the_first() -> None:
    """The number column has one text; where it stands and what it says is told."""
    found = permits().checked("fee")
    assert found
    assert found.failing == 1
    assert (found.problems[0].places[0].where, found.problems[0].places[0].value) == ("Permits!B4", "n/a")
    assert found.lines[2].fails


def test_a_date_format_mends_the_dates() -> None:
    """With the format chosen, texts are read as they are meant; months are written in letters."""
    model = permits()
    before = model.checked("issue_date")
    assert before
    assert before.failing == 2
    model.set(ISSUED, date_format="DD/MM/YYYY")
    assert model.checked("issue_date") is None
    after = checked(model).checked("issue_date")
    assert after
    assert after.failing == 0
    assert [line.after for line in after.lines] == ["4 March 2024", "4 May 2024", "13 June 2024"]


def test_a_time_zone_lets_moments_be_sent() -> None:
    """A column with time zones needs one."""
    model = permits()
    model.set(INSPECTED, time_zone="America/Chicago")
    found = checked(model).checked("inspection_time")
    assert found
    assert found.failing == 0
    assert found.lines[0].after == "4 March 2024, 15:30 UTC"


def test_words_for_yes_and_no() -> None:
    """A word of one's own is read as yes; what it becomes is said in words."""
    model = permits()
    model.set(OWNER, yes_words="Yes, maybe", no_words="no")
    found = checked(model).checked("owner_occupied")
    assert found
    assert found.failing == 0
    assert [line.after for line in found.lines] == ["Yes", "Yes", "No"]


def test_a_default_fills_blanks() -> None:
    """The example shows it, and blank rows are among the examples then."""
    model = permits()
    model.set(SHARE, default="10")
    found = checked(model).checked("share_paid")
    assert found
    assert not found.failing


def test_row_identifiers_must_be_there_once() -> None:
    """A blank one and those that stand in two rows fail, each told where; rows in which nothing stands are none."""
    dataset = dataset_of(Column(1, "ID", "id", "text"), Column(2, "Fee", "fee", "number"), identifier="id")
    model = checked(MappingModel(form_of(["ID", "Fee"], [["a", "b", None, "a", None], [1, 2, 3, 4, None]], dataset)))
    found = model.checked("id")
    assert found
    assert found.failing == 3
    told = {problem.what: [place.where for place in problem.places] for problem in found.problems}
    assert told == {
        "blank row identifier": ["Permits!A4"],
        "row identifier that stands in more than one row": ["Permits!A2, Permits!A5"],
    }
    assert cells(model, 0)[4].main == "3 cells fail"
    sound = checked(MappingModel(form_of(["ID", "Fee"], [["a", "b"], [1, 2]], dataset)))
    assert cells(sound, 0)[4].main == "fits"


def test_an_old_check_does_not_count() -> None:
    """A result for choices that were changed meanwhile is not kept."""
    model = permits()
    subject = model.subject("fee")
    model.set(FEE, default="0")
    assert not model.take_check(subject, check_column(subject))
    assert "fee" in model.to_check()


# what is said


def test_rows_in_words() -> None:
    """Letter, header, samples, kinds, blanks, target with its facts, how sure, what fails."""
    model = permits()
    sheet, holds, goes, sure, check = cells(model, FEE)
    assert (sheet.main, sheet.small) == ("B   FEE", "120  ·  85.5  ·  n/a")
    assert (holds.main, holds.small) == ("mixed", "3 numbers, 1 text, no blanks")
    assert (goes.main, goes.small) == ("Fee", "fee · Number")
    assert (sure.main, sure.mark) == ("same name", Mark.GOOD)
    assert (check.main, check.mark) == ("1 cell fails", Mark.BAD)
    assert "row identifier · required" in cells(model, PERMIT)[2].small
    guess = cells(model, ZIP)[3]
    assert (guess.main, guess.small, guess.mark) == ("guess", "please check", Mark.LOOK)
    assert cells(model, NOTES)[2].main == "Not sent"


def test_portal_columns_without_a_sheet_column_in_words() -> None:
    """What stays blank asks for a decision where replacing empties it; what cannot be filled says why."""
    model = permits()
    assert cells(model, "contractor")[3].small == "please decide"
    assert cells(model, "council_district")[3].small == "by the portal itself"
    assert cells(model, "plan")[3].small == "from a sheet"
    model.leave_blank("contractor")
    assert cells(model, "contractor")[3].small == "as you said"
    model.set_fixed("contractor", "none")
    assert cells(model, "contractor")[0].small == "none"
    upsert = permits(method=Method.UPSERT)
    assert cells(upsert, "contractor")[3].small == ""


@pytest.mark.parametrize(
    ("method", "means"),
    [
        (Method.REPLACE, "Replacing all rows empties them."),
        (Method.APPEND, "They stay blank in the rows that are added."),
        (Method.UPSERT, "They keep their values in rows that are updated, and stay blank in rows that are added."),
    ],
)
def test_the_three_lists(method: Method, means: str) -> None:
    """What is sent, what is left out, what stays blank and what that means for the method."""
    said = summary(permits(method=method))
    assert said.sent[0] == "Will be sent: 8 portal columns"
    assert said.left_out == ("Left out: 1 sheet column", "Internal notes")
    assert said.blank == ("Stay blank: 1 portal column", f"Contractor. {means}")


def test_the_three_lists_of_a_delete() -> None:
    """Only the row identifier travels, whatever else is mapped."""
    said = summary(permits(method=Method.DELETE))
    assert said.sent == ("Will be sent: 1 portal column", "Permit Number")
    assert said.blank == ("Not read: 7 portal columns", "Only the row identifier is read: whole rows are removed.")


def test_a_missing_row_identifier_does_not_stay_blank() -> None:
    """It is no column that replacing empties: the third list says that it is needed."""
    model = permits()
    model.choose(PERMIT, None)
    assert summary(model).blank == (
        "Stay blank: 1 portal column",
        "Contractor. Replacing all rows empties them. “Permit Number” must not: it tells rows apart.",
    )


def test_nothing_stays_blank() -> None:
    """Then nothing has to be explained."""
    dataset = dataset_of(Column(1, "A", "a", "text"))
    assert summary(MappingModel(form_of(("A",), [["x"]], dataset))).blank == ("Stay blank: 0 portal columns", "")


def test_filters_and_the_search() -> None:
    """Each filter counts what it shows; the search looks at headers, names and field names."""
    model = permits()
    assert counts(model) == {Filter.ALL: 14, Filter.OPEN: 2, Filter.GUESSES: 4, Filter.PROBLEMS: 4}
    assert shown_keys(model, Filter.OPEN, "") == [NOTES, "contractor"]
    assert shown_keys(model, Filter.PROBLEMS, "") == [FEE, ISSUED, INSPECTED, OWNER]
    assert shown_keys(model, Filter.ALL, "owner occ") == [OWNER]
    assert shown_keys(model, Filter.GUESSES, "", kept=NOTES) == [ZIP, LATITUDE, LONGITUDE, NOTES, "location"]


def test_names_are_listed_as_far_as_a_line_reaches() -> None:
    """A thousand names are counted, not written."""
    text = listed([f"Column {number}" for number in range(1000)])
    assert len(text) < 150
    assert text.endswith("more")


def test_details_of_a_row() -> None:
    """The panel says where it goes, what its first rows become, and what is wrong with the remedy."""
    shown = details(permits(), ISSUED)
    assert shown.heading == "Column C: Issue Date"
    assert shown.fields == {"default", "date_format"}
    assert shown.becomes.splitlines()[0] == "2024-03-04  →  4 March 2024"
    assert "2 cells" in shown.problems or "1 cell" in shown.problems
    assert shown.first == "Permits!C3"


def test_details_of_none() -> None:
    """Where a filter shows no row, the panel says so."""
    assert details(permits(), None).heading == "No row is chosen"


# the picker


def test_offers_begin_with_what_is_free_and_end_with_what_is_taken() -> None:
    """The first line leaves the column out; what another column has comes last, and says whose it is."""
    offers = all_offers(permits(), NOTES)
    assert offers[0].words == LEAVE_OUT
    taken = [bool(offer.taken_by) for offer in offers]
    assert taken == sorted(taken)
    fee = next(offer for offer in offers if offer.target == Target("fee"))
    assert fee.taken_by == "B “FEE”"
    assert not [offer for offer in offers if offer.target and offer.target.field_name in ("plan", "council_district")]


def test_every_portal_column_is_offered() -> None:
    """However many there are, and whether the header says anything or not."""
    dataset = dataset_of(*(Column(number, f"Name {number}", f"n{number}", "text") for number in range(600)))
    model = MappingModel(form_of(("Name", ""), [["x"], ["y"]], dataset))
    assert len(all_offers(model, 0)) == len(all_offers(model, 1)) == 601


def test_parts_of_places_are_offered_first_to_headers_that_name_them() -> None:
    """“Latitude” is the latitude of the point, before anything else."""
    model = permits()
    assert all_offers(model, LATITUDE)[1].words == "Latitude of “Location”"
    assert all_offers(model, LONGITUDE)[1].words == "Longitude of “Location”"


def test_typing_finds_names_field_names_and_letters_without_accents() -> None:
    """All typed words must be there; names that begin so come first."""
    dataset = dataset_of(
        Column(1, "Café name", "cafe", "text"), Column(2, "Name", "name", "text"), Column(3, "Fee", "fee_usd", "number")
    )
    offers = all_offers(MappingModel(form_of(("x",), [["1"]], dataset)), 0)
    assert [offer.words for offer in matching_offers(offers, "na")] == ["Name", "Café name"]
    assert [offer.words for offer in matching_offers(offers, "CAFE")] == ["Café name"]
    assert [offer.words for offer in matching_offers(offers, "fee usd")] == ["Fee"]
    assert matching_offers(offers, "zzz") == []
    assert matching_offers(offers, " ") == offers


# what stands in the way


def test_hurdles_one_after_the_other() -> None:
    """Guesses, then portal columns that would be emptied; each is mended at once, and then the map can be saved."""
    model = permits()
    first, second = hurdles(model)
    assert first.words == "2 matches are guesses. Are they right? ZIP Codes, Location"
    assert second.words == "1 portal column gets nothing, and replacing all rows empties it: Contractor"
    assert do_deed(model, first) == "2 matches confirmed."
    assert do_deed(model, second) == "1 portal column will stay blank."
    assert hurdles(model) == []


def test_one_guess_is_asked_about_by_its_name() -> None:
    """A sheet column by its letter and header, a place by its name; confirmed there, it is one no more."""
    model = permits()
    model.confirm("location")
    assert hurdles(model)[0].words == "The match of column G “ZIP Codes” is a guess: is it right?"
    model = permits()
    model.confirm(ZIP)
    assert hurdles(model)[0].words == "The match of column “Location” is a guess: is it right?"
    assert do_deed(model, hurdles(model)[0]) == "1 match confirmed."
    assert model.guesses == []


def test_a_missing_row_identifier_stands_in_the_way() -> None:
    """Without it no row can be told from another; its row is among those with problems, and says what to do."""
    model = permits(method=Method.UPSERT)
    assert counts(model)[Filter.PROBLEMS] == 4
    model.choose(PERMIT, None)
    assert "by which the portal tells rows apart" in [hurdle.words for hurdle in hurdles(model)][-1]
    assert counts(model)[Filter.PROBLEMS] == 5
    assert "permit_number" in shown_keys(model, Filter.PROBLEMS, "")
    check = cells(model, "permit_number")[4]
    assert (check.main, check.small, check.mark) == ("is needed", "tells rows apart", Mark.BAD)
    shown = details(model, "permit_number")
    assert "go to the sheet column that holds it, and press Return there" in shown.facts
    assert not shown.fillable


def test_nothing_is_sent() -> None:
    """A map of nothing is told."""
    dataset = dataset_of(Column(1, "A", "a", "text"))
    model = MappingModel(form_of(("Zebra",), [["x"]], dataset, method=Method.APPEND))
    assert [hurdle.words for hurdle in hurdles(model)] == ["No column is sent yet."]


@pytest.mark.parametrize(
    ("index", "field", "value"),
    [
        (ISSUED, "date_format", "soon"),
        (INSPECTED, "time_zone", "Chicago"),
        (FEE, "default", "many"),
        (ISSUED, "default", "yesterday"),
    ],
)
def test_faulty_settings_must_be_mended(index: int, field: str, value: str) -> None:
    """What the program could not read again is not saved, not even unfinished."""
    model = permits()
    model.set(index, **{field: value})
    assert field in setting_faults(model, index)
    assert hurdles(model)[0].must
    assert (hurdles(model)[0].key, hurdles(model)[0].field) == (index, field)


def test_a_word_cannot_mean_both() -> None:
    """Yes and no are told apart."""
    model = permits()
    model.set(OWNER, yes_words="x, y", no_words="Y")
    assert setting_faults(model, OWNER) == {"no_words": "“y” cannot mean yes and no."}


def test_a_fixed_value_must_fit_its_type() -> None:
    """A number column takes no word, and a fixed value is not nothing."""
    model = permits()
    model.set_fixed("fee", "")
    assert "fixed" in setting_faults(model, "fee")
    model.set_fixed("fee", "many")
    assert "fixed" in setting_faults(model, "fee")
    model.set_fixed("fee", "12")
    assert setting_faults(model, "fee") == {}


# bad input


ODD_HEADERS = ("x" * 255, "😀 mood", "اسم المالك", "two\nlines", "", "tab\there", "   ")


def test_odd_headers() -> None:
    """Headers of 255 characters, emoji, right-to-left, line breaks and none are each shown on one line and saved."""
    dataset = dataset_of(*(Column(number, f"C{number}", f"c{number}", "text") for number in range(7)))
    model = MappingModel(form_of(ODD_HEADERS, [["a"]] * 7, dataset))
    for index in range(7):
        model.choose(index, Target(f"c{index}"))
        assert "\n" not in cells(model, index)[0].main
        assert len(cells(model, index)[0].main) < 80
    assert len(settled(model)) == 7


def test_all_blank_columns_and_a_sheet_with_only_a_header() -> None:
    """Nothing is there to check, and that is said."""
    dataset = dataset_of(Column(1, "A", "a", "number"), Column(2, "B", "b", "text"))
    blank = checked(MappingModel(form_of(("A", "B"), [[None, " "], [None, None]], dataset)))
    assert cells(blank, 0)[1].main == "nothing"
    assert cells(blank, 0)[1].small == "all blank"
    only = checked(MappingModel(form_of(("A", "B"), [[], []], dataset)))
    assert cells(only, 0)[0].small == "(no values)"
    assert details(only, 0).becomes == "There is no filled row."
    assert cells(only, 0)[4].main == "fits"


def test_a_sheet_without_columns() -> None:
    """No row, no error."""
    model = MappingModel(form_of((), [], dataset_of(Column(1, "A", "a", "text"))))
    assert model.rows() == ["a"]
    assert hurdles(model)


def test_hidden_columns_say_so() -> None:
    """A column nobody sees is named as such."""
    shape = shape_of(("A", "B"))
    hidden = replace(shape, columns=(shape.columns[0], SheetColumn(1, "B", "B", hidden=True)))
    dataset = dataset_of(Column(1, "A", "a", "text"), Column(2, "Z", "z", "text"))
    form = MapForm("J", Method.APPEND, hidden, dataset, make_profile(hidden, [block([["x"], ["y"]])]))
    model = MappingModel(form)
    assert "(hidden)" in cells(model, 1)[0].main
    assert "hidden" in details(model, 1).facts


def test_a_dataset_that_can_take_nothing() -> None:
    """Only columns that the portal fills: nothing is offered but leaving out."""
    dataset = dataset_of(Column(1, "Plan", "plan", "document"), Column(2, "Id", ":id", "row_identifier"))
    model = MappingModel(form_of(("Plan",), [["x"]], dataset))
    assert [offer.words for offer in all_offers(model, 0)] == [LEAVE_OUT]
    assert model.rows() == [0, "plan"]


def test_an_unknown_type_is_filled_as_text() -> None:
    """A type that nobody knows is named, and offered like text."""
    dataset = dataset_of(Column(1, "A", "a", "hologram"))
    model = checked(MappingModel(form_of(("A",), [["x"]], dataset)))
    assert "Type “hologram”" in cells(model, 0)[2].small
    assert "keep_text" in details(model, 0).fields


# profiles


def test_kinds_of_values_in_words() -> None:
    """One kind is named, several are counted, blanks are blanks whatever they are made of."""
    columns = [
        [1, 2.5, 3], ["a", " ", None], [dt.date(2024, 1, 1), dt.datetime(2024, 1, 1, 5), "x"], [True, False, None],
        [ErrorValue("#N/A"), dt.time(5), dt.timedelta(1)],
    ]  # fmt: skip
    found = make_profile(shape_of("ABCDE"), [block(columns)]).columns
    assert [one.kinds for one in found] == [
        "numbers", "texts", "mixed: 2 dates, 1 text", "yes/no values",
        "mixed: 1 error, 1 time of day, 1 length of time",
    ]  # fmt: skip
    assert [one.blanks for one in found] == [0, 2, 0, 1, 0]
    assert found[0].samples == ("1", "2.5", "3")


def test_samples_are_as_the_sheet_shows_them() -> None:
    """By the cell's format; a date whose format is each computer's own is year, month, day, never with a T in it."""
    day, noon = dt.datetime(2018, 6, 1), dt.datetime(2018, 6, 1, 12, 30)
    columns: list[list[Value]] = [[501, 10001], [0.45, 1], [day, noon], [day, noon], ["=x", " "]]
    codes = ["00000", "0%", "m/d/yyyy", "mm-dd-yy", "General"]
    whole = replace(block(columns), formats=lambda index: [codes[index]] * 2)
    found = make_profile(shape_of("ABCDE"), [whole]).columns
    assert [one.samples for one in found] == [
        ("00501", "10001"), ("45%", "100%"), ("6/1/2018",), ("2018-06-01", "2018-06-01 12:30"), ("=x",)
    ]  # fmt: skip


def test_first_rows_are_as_the_sheet_shows_them() -> None:
    """What stands before the arrow, and in a problem, is what she sees in the cell."""
    dataset = dataset_of(Column(1, "Day", "day", "calendar_date"), Column(2, "Code", "code", "number"))
    form = form_of(("Day", "Code"), [[], []], dataset)
    cells_there = [[dt.datetime(2018, 6, 1)], [dt.datetime(2018, 6, 1)]]
    whole = replace(block(cells_there), formats=lambda _index: ["d-mmm-yyyy"])
    model = checked(MappingModel(replace(form, profile=make_profile(form.shape, [whole]))))
    assert details(model, 0).becomes == "1-Jun-2018  →  1 June 2018"
    assert "“1-Jun-2018”" in details(model, 1).problems


def test_samples_of_a_column_of_one_value_cost_no_time() -> None:
    """Values that are the same are rendered once, and few of those that look the same."""
    asked: list[int] = []

    def formats(index: int) -> list[str]:
        asked.append(index)
        return ["0"] * 1000

    same = [replace(block([[7] * 1000], 2 + 1000 * number), formats=formats) for number in range(5)]
    assert make_profile(shape_of("A"), same).columns[0].samples == ("7",)
    alike = replace(block([[7 + number / 10_000 for number in range(1000)]]), formats=formats)
    assert make_profile(shape_of("A"), [alike]).columns[0].samples == ("7",)


# places


def place_of(headers: Sequence[str], columns: Sequence[Sequence[Value]], *more: Column) -> MappingModel:
    """A model of a dataset with a point and some other columns."""
    point = Column(50, "Where", "where", "point")
    return checked(MappingModel(form_of(headers, columns, dataset_of(*more, point), method=Method.APPEND)))


FIT: tuple[tuple[Value, ...], ...] = ((41.88, None, 41.9), (-87.63, 12, None))


@pytest.mark.parametrize(
    "headers",
    [("Latitude", "Longitude"), ("y", "X"), ("LAT_DD", "LON_DD"), ("Y (latitude)", "X (longitude)"), ("GeoLat", "Lng")],
)
def test_two_columns_of_coordinates_are_guessed_to_be_a_place(headers: tuple[str, str]) -> None:
    """By their names and by what they hold; marked as a guess, and saved only once somebody has said that it is right."""
    model = place_of(headers, FIT)
    assert model.parts("where") == {Part.LATITUDE: 0, Part.LONGITUDE: 1}
    assert model.guesses == ["where"]
    for key in (0, 1, "where"):
        assert (cells(model, key)[3].main, cells(model, key)[3].mark) == ("guess", Mark.LOOK)
        assert details(model, key).guess
    assert model.answer() == ()
    model.confirm(0)
    assert not model.guesses
    assert cells(model, "where")[3].main == "chosen"
    assert [row.part for row in model.answer()] == [Part.LATITUDE, Part.LONGITUDE]
    model.undo()
    assert model.guesses == ["where"]


def test_half_a_guess_is_none() -> None:
    """Where one of the two is left out or goes elsewhere, the place is let go; choosing them by hand is no guess."""
    model = place_of(("Latitude", "Longitude"), FIT, Column(1, "Height", "height", "number"))
    model.choose(0, Target("height"))
    assert model.parts("where") == {}
    assert model.guesses == []
    model.put_together("where", {Part.LATITUDE: 0, Part.LONGITUDE: 1})
    assert model.guesses == []


def test_choosing_half_of_a_guess_confirms_it() -> None:
    """The other half stays where it was."""
    model = place_of(("Latitude", "Longitude"), FIT)
    model.choose(1, Target("where", Part.LONGITUDE))
    assert model.parts("where") == {Part.LATITUDE: 0, Part.LONGITUDE: 1}
    assert model.guesses == []


def test_coordinates_with_columns_of_their_own_are_guessed_too() -> None:
    """A portal often wants a latitude alone and in a point; the guess stands at the point's row."""
    own = (Column(1, "Latitude", "latitude", "number"), Column(2, "Longitude", "longitude", "number"))
    model = place_of(("Latitude", "Longitude"), FIT, *own)
    assert model.guesses == ["where"]
    assert cells(model, 0)[3].main == "exact"
    assert [row.portal_field for row in model.answer()] == ["Latitude", "Longitude"]
    model.confirm("where")
    assert len(model.answer()) == 4


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        (("Start latitude", "Start longitude"), FIT),
        (("Latitude", "Lat", "Longitude"), (*FIT, FIT[1])),
        (("Latitude", "Longitude"), ((41.88, "n/a"), (-87.63, -87.7))),
        (("Latitude", "Longitude"), ((141.88, 41.9), (-87.63, -87.7))),
        (("x", "y"), ((1, 2), (3, 4))),
        (("x", "y"), ((1176500.5, 2.5), (1905000.25, 4.5))),
        (("Latitude", "Longitude"), ((None, None), (None, None))),
        (("Latitude", "Other"), FIT),
    ],
)
def test_no_place_is_guessed_where_in_doubt(headers: tuple[str, ...], columns: Sequence[Sequence[Value]]) -> None:
    """A wrong guess is worse than none: names of two places, texts, numbers out of range, whole numbers, blanks."""
    assert place_of(headers, columns).parts("where") == {}


def test_no_place_is_guessed_where_two_wait_or_she_has_spoken() -> None:
    """Which of two points is meant nobody knows; what a saved row says is followed."""
    assert not place_of(("y", "x"), FIT, Column(1, "Also", "also", "location")).guesses
    for row in (ColumnChoice("", "", "Where", Send.LEAVE_BLANK), ColumnChoice("y", "", "", Send.IGNORE)):
        dataset = dataset_of(Column(50, "Where", "where", "point"))
        assert not MappingModel(form_of(("y", "x"), FIT, dataset, choices=(row,))).guesses


def test_a_large_sheet_is_looked_at_in_part() -> None:
    """Memory is bounded; which rows were looked at is said."""
    wide = [[number] * 1000 for number in range(100)]
    shape = shape_of([f"H{number}" for number in range(100)])
    seen: list[int] = []
    profile = make_profile(shape, (block(wide, 2 + 1000 * number) for number in range(100)), seen.append)
    assert (profile.rows, profile.complete, profile.scope) == (20_000, False, "in the first 20,000 rows")
    assert seen[-1] == 20_000


def test_looking_can_be_broken_off() -> None:
    """Whoever watches may raise."""

    def stop(_rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_profile(shape_of("A"), [block([["x"]])], stop)


def test_answer_has_a_row_for_what_is_left_out() -> None:
    """A sheet column that nobody sends gets “Ignore”, so that no later name decides."""
    model = permits()
    rows = {row.sheet_column: row.send for row in model.answer()}
    assert rows["Internal notes"] is Send.IGNORE
