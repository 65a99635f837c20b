"""Asks for one decision. Needs: pip install requests"""

import os
import sys
import time

import requests

ENDPOINT = "https://api.example.com/decisions/evaluate"
API_KEY = os.environ.get("DECISION_API_KEY", "").strip()


def evaluate(category, amount=0, description=""):
    """The answer that holds the decision; RuntimeError says what went wrong."""
    request = {"category": category, "amount": amount, "description": description}
    headers = {"X-API-Key": API_KEY}
    for may_wait in (True, False):
        answer = requests.post(ENDPOINT, json=request, headers=headers, timeout=30)
        if answer.ok:
            return answer
        # Too fast, or a fault that passes: wait as told, and try once more.
        wait = int(answer.headers.get("Retry-After", 0))
        is_passing = answer.status_code in (429, 503) and 0 < wait <= 60
        if not (may_wait and is_passing):
            raise RuntimeError(explain(answer))
        time.sleep(wait)


def explain(answer):
    """Errors are JSON too: title and detail are written for people."""
    if "json" not in answer.headers.get("Content-Type", ""):
        return f"status {answer.status_code}"
    problem = answer.json()
    request_id = answer.headers.get("x-amzn-RequestId", "unknown")
    return f"{problem['title']}. {problem['detail']} Request id: {request_id}"


if __name__ == "__main__":
    if not API_KEY:
        sys.exit("Set the environment variable DECISION_API_KEY first.")
    try:
        answer = evaluate("FINANCIAL", 1000, "Renew the design tool")
    except (RuntimeError, requests.ConnectionError, requests.Timeout) as error:
        sys.exit(f"No decision: {error}")
    decision = answer.json()
    print(decision["risk_level"], decision["action_required"])
    print("RateLimit:", answer.headers["RateLimit"])
