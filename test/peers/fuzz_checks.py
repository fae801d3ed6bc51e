"""What holds for every answer of the API beside what its document says: nothing failed inside."""

import schemathesis


@schemathesis.check
def nothing_failed_inside(ctx, response, case):
    text = response.content.decode("utf-8", "replace")
    assert '"code":"INTERNAL"' not in text, text[-2000:]
    assert "    at " not in text, "a stack left the process"
