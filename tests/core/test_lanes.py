"""What a lane is called, and what can be read from that."""

from cohort_bot.core.lanes import aside, channel_of, is_aside, may_be_in, of_account, of_channel


def test_the_channel_of_a_lane_is_found_also_where_one_message_has_its_own() -> None:
    lane = of_channel("slack", "T1", "C1")
    assert channel_of(lane) == channel_of(aside(lane, 7)) == "C1"
    assert channel_of(of_account(7)) is None
    assert channel_of(of_channel("irc", "net", "a:b")) == "a:b", "whatever a platform calls its channels"
    assert [is_aside(each) for each in (lane, aside(lane, 7))] == [False, True]


def test_what_may_lead_into_a_workspace() -> None:
    lanes = [of_channel("slack", "T1", "C1"), of_channel("slack", "T11", "C1"), of_account(1)]
    assert [may_be_in(lane, "slack", "T1") for lane in lanes] == [True, False, True]
    assert not may_be_in(of_channel("discord", "T1", "C1"), "slack", "T1")
