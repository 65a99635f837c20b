"""Asks for one decision. Needs Python 3 and nothing else."""

import json
import os
import sys
import time
import urllib.error
import urllib.request

ENDPOINT = "https://api.example.com/decisions/evaluate"
API_KEY = os.environ.get("DECISION_API_KEY", "").strip()


def evaluate(category, amount=0, description=""):
    """Decision and headers; RuntimeError says what went wrong."""
    body = {"category": category, "amount": amount, "description": description}
    request = urllib.request.Request(
        ENDPOINT,
        data=json.dumps(body).encode(),
        headers={"X-API-Key": API_KEY, "Content-Type": "application/json"},
    )
    for may_wait in (True, False):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer), answer.headers
        except urllib.error.HTTPError as error:
            # Too fast, or a fault that passes: wait as told, and try once more.
            wait = int(error.headers.get("Retry-After", 0))
            is_passing = error.code in (429, 503) and 0 < wait <= 60
            if not (may_wait and is_passing):
                raise RuntimeError(explain(error)) from None
            time.sleep(wait)


def explain(error):
    """Errors are JSON too: title and detail are written for people."""
    if "json" not in error.headers.get("Content-Type", ""):
        return f"status {error.code}"
    problem = json.load(error)
    request_id = error.headers.get("x-amzn-RequestId", "unknown")
    return f"{problem['title']}. {problem['detail']} Request id: {request_id}"


if __name__ == "__main__":
    if not API_KEY:
        sys.exit("Set the environment variable DECISION_API_KEY first.")
    try:
        decision, headers = evaluate("FINANCIAL", 1000, "Renew the design tool")
    except (RuntimeError, OSError) as error:
        sys.exit(f"No decision: {error}")
    print(decision["risk_level"], decision["action_required"])
    print("RateLimit:", headers["RateLimit"])
