from kit.spreadsheet import MARK, as_csv


def test_a_cell_that_a_spreadsheet_would_compute_is_text() -> None:
    assert as_csv([("name", "=1+1"), (-5, None), ("কাজ, ঋণ", 2.5)]) == f'{MARK}name,\'=1+1\r\n-5,\r\n"কাজ, ঋণ",2.5\r\n'
