from collections.abc import Callable


def test_an_administrator_looks_on_demand_and_reads_what_to_do(browser: Callable, press: Callable) -> None:
    ida = browser("ida")
    assert "Look now" in ida.get("/checkup").get_data(as_text=True)
    answer = press(ida, "/checkup", "/checkup")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for words in ("House", "Sending", "Complaints", "Look again", "emails stay on this machine"):
        assert words in html
