"""What holds for every answer of the API beside what its document says: nothing failed inside."""

import schemathesis


@schemathesis.check
def nothing_failed_inside(ctx, response, case):
    text = response.content.decode("utf-8", "replace")
    assert '"code":"INTERNAL"' not in text, text[-2000:]
    assert "    at " not in text, "a stack left the process"


# A source that was made up does not answer (502), a store or the metadata may be away (503): whose fault it is not is told as such.
NOT_OURS = {502, 503, 504, 507}


@schemathesis.check
def fails_as_described(ctx, response, case):
    status = response.status_code
    assert status < 500 or status in NOT_OURS, f"{status}: {response.content[-2000:]}"
    # What leads a browser answers with a page.
    if status < 400 or response.headers.get("content-type", [""])[0].startswith("text/html"):
        return
    code = response.json()["error"]["code"]
    described = case.operation.definition.raw["responses"].get(str(status), {}).get("description", "")
    # Another method than the document's finds nothing; what the door refuses by itself has no description with codes.
    if code != "PATH_NOT_FOUND" and described != "":
        assert code in described, f"{code} is not described for {status}"
