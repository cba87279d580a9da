"""What follows a failure: again and when, or a report; and what may be committed meanwhile."""

import pytest
from pydantic import BaseModel, ValidationError

from adapters.runtime import Backoff, Settings
from adapters.runtime.answers import Answer, Nonsense, judge, problem
from adapters.runtime.policy import Again, GiveUp, History, after, untranslatable
from adapters.runtime.window import Window
from vn.errors import AgencyAnsweredNo, ContractViolation, Fault, Retry, Unknown

SETTINGS = Settings(tries=3, backoff=Backoff(first=1, most=5), unknown_for=4)


def again(error: Exception, history: History) -> Again:
    step = after(error, history, SETTINGS)
    assert isinstance(step, Again)
    return step


def given_up(error: Exception, history: History) -> GiveUp:
    step = after(error, history, SETTINGS)
    assert isinstance(step, GiveUp)
    return step


def test_an_agency_that_is_away_is_asked_again_without_end_and_ever_more_slowly():
    history, waits = History(), []
    for _ in range(100):
        step = again(Retry("away"), history)
        assert step.away
        waits.append(step.wait)
        history = step.history
    assert waits[:4] == [1, 2, 4, 5]
    assert set(waits[4:]) == {5}


def test_a_no_is_final_after_the_third_try_and_keeps_its_faults():
    faults = (Fault("/soTien", "quá lớn"),)
    error = AgencyAnsweredNo("agency.answered_no", "không hợp lệ", faults)
    first = again(error, History())
    second = again(error, first.history)
    assert not first.away
    assert given_up(error, second.history) == GiveUp("agency.answered_no", "không hợp lệ", faults)


def test_an_unknown_dossier_is_waited_for_as_long_as_set_and_not_longer():
    history, waited = History(), 0.0
    while isinstance(step := after(Unknown("404"), history, SETTINGS), Again):
        waited += step.wait
        history = step.history
    assert waited == 4
    assert step.code == "agency.unknown_dossier"


def test_tries_spent_on_an_absent_agency_do_not_count_against_the_message():
    history = again(Retry("away"), again(Retry("away"), History()).history).history
    assert history.tries == 0


def test_what_breaks_its_contract_is_not_tried_twice():
    assert given_up(ContractViolation([Fault("", "is empty")]), History()).faults == (Fault("", "is empty"),)


def test_the_text_of_a_foreign_exception_is_not_passed_on_for_it_may_quote_the_payload():
    error = RuntimeError("Nguyễn Văn A, 079199000001")
    assert given_up(error, History(tries=2)).message == "the adapter failed: RuntimeError"


def test_an_entry_that_cannot_be_translated_names_every_field_and_no_value():
    class Shape(BaseModel):
        phieu: str
        lan: int

    with pytest.raises(ValidationError) as caught:
        Shape.model_validate({"lan": "bí mật"})
    why = untranslatable(caught.value)
    assert [fault.pointer for fault in why.faults] == ["/phieu", "/lan"]
    assert "bí mật" not in str(why)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(503, {}, b""), Retry),
        (Answer(500, {}, b""), Retry),
        (Answer(429, {}, b""), Retry),
        (Answer(404, {}, b""), Unknown),
        (Answer(422, {}, b""), AgencyAnsweredNo),
        (Answer(302, {"location": "/login"}, b""), Nonsense),
        (Answer(200, {"content-type": "text/html"}, b"<html>Welcome</html>"), Nonsense),
        (Answer(200, {"content-type": "application/json; charset=utf-8"}, b"{"), Nonsense),
        (Answer(200, {"content-type": "application/xml"}, b"OK"), Nonsense),
    ],
)
def test_an_answer_means_what_its_status_and_body_say(answer: Answer, error: type[Exception]):
    with pytest.raises(error):
        judge(answer, problem)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(204, {}, b""),
        Answer(200, {"content-type": "application/json"}, b"{}"),
        Answer(200, {"content-type": "application/soap+xml"}, b"\xef\xbb\xbf<KetQua/>"),
        Answer(202, {"content-type": "text/plain"}, b"OK"),
    ],
)
def test_a_sensible_yes_is_a_yes(answer: Answer):
    assert judge(answer, problem) is answer


def test_all_faults_of_a_problem_are_read_at_once():
    body = (
        b'{"title":"x","detail":"2 l\xe1\xbb\x97i","errors":[{"pointer":"/a","detail":"m\xe1\xbb\x99t"},{"pointer":"/b","detail":"hai"},7]}'
    )
    no = problem(Answer(422, {}, body))
    assert (no.message, no.faults) == ("2 lỗi", (Fault("/a", "một"), Fault("/b", "hai")))


@pytest.mark.parametrize("body", [b"", b"[]", b"<loi/>", b'{"errors":{"a":1}}', b'{"errors":[{"pointer":3}]}'])
def test_a_no_in_a_shape_we_do_not_know_is_still_a_no(body: bytes):
    assert problem(Answer(400, {}, body)).code == "agency.answered_no"


def test_only_the_finished_beginning_of_a_partition_is_committed():
    window = Window()
    for offset in (5, 6, 9, 10):
        window.take(offset)
    window.finish(6)
    assert window.to_commit() is None
    window.finish(5)
    assert window.to_commit() == 7
    window.committed(7)
    assert window.to_commit() is None
    window.finish(10)
    window.finish(9)
    assert (window.to_commit(), len(window)) == (11, 0)
