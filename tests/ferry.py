"""A short story that several tests put something around."""

HEADLINE = "Ferry company drops its plan for a third pier"
STORY = (
    "The ferry company has dropped its plan for a third pier in the old harbour of Osterby, its director said.",
    "The plan would have cost 14 million crowns, and half of the shops on the quay had signed against it.",
    "“We listened to what people told us on the quay,” said the director, Maja Lindow, after the meeting.",
    "The company will now repair the second pier, which has been closed to lorries since a storm in January.",
)
