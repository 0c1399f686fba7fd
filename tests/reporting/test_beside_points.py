"""Names beside the points of a figure: each where there is room, none over another."""

from equipoise.reporting.beside_points import sides
from equipoise.reporting.drawing import WIDE

HEIGHT, LIMIT = 300, 250


def placed(*points):
    """Sides of names of five letters beside points given in pixels from the left and from below, up to 740 and 300."""
    corners = [(740, 0), (0, 300)]  # so that a pixel is a unit of either axis
    return sides([*points, *corners], [*["names"] * len(points), "", ""], WIDE, HEIGHT, LIMIT)[: len(points)]


def test_a_name_stands_right_of_its_point_where_there_is_room():
    assert placed((100, 100), (400, 200)) == ["right", "right"]


def test_a_name_with_a_point_to_its_right_stands_left_of_its_own():
    assert placed((100, 100), (130, 100)) == ["left", "right"]
    assert placed((100, 100), (160, 100)) == ["right", "right"]  # five letters end 44 pixels from the point


def test_names_one_above_the_other_need_a_line_between_them():
    assert placed((100, 100), (100, 88)) == ["right", "left"]
    assert placed((100, 100), (100, 80)) == ["right", "right"]


def test_what_has_room_on_neither_side_has_no_name():
    assert placed((100, 100), (130, 100), (70, 100)) == ["", "right", "left"]
    assert placed((20, 100), (50, 100)) == ["", "right"]  # left of it the figure ends


def test_points_without_names_and_points_on_one_spot_are_fine():
    assert sides([(0.0, 0.0), (0.0, 0.0)], ["", "one"], WIDE, HEIGHT, LIMIT) == ["", "right"]
