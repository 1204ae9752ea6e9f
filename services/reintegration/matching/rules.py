"""What a person may say of two records that the machine proposed (`contracts.likeness`)."""

from enum import StrEnum


class Decision(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    NOT_SURE = "not_sure"
