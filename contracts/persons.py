"""What may be said of a person in every service and in events: codes that make groups, and none that points at one."""

from enum import StrEnum


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    UNDER_18 = "under_18"
    FROM_18 = "18_24"
    FROM_25 = "25_34"
    FROM_35 = "35_44"
    FROM_45 = "45_plus"
    UNKNOWN = "unknown"


class Disability(StrEnum):
    """Whether the person says that they live with one; never which."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
