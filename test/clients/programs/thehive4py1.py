"""Alerts through thehive4py 1.x. Usage: thehive4py1.py URL KEY VERSION FILE. Prints one JSON line for each answer."""
import json
import sys

from thehive4py.api import TheHiveApi
from thehive4py.models import Alert, AlertArtifact, CustomFieldHelper

url, key, version, path = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
api = TheHiveApi(url, key, version=version, organisation="soc" if version == 4 else None)


def alert(**over):
    fields = CustomFieldHelper().add_string("hostname", "web-01").add_boolean("internal", False).build()
    given = dict(
        title="Login from a new country",
        description="seen by the gateway",
        type="external",
        source="thehive4py-1",
        sourceRef="a-%d" % version,
        severity=3,
        tlp=2,
        date=1772618400000,
        tags=["T1078", "viaje-ñ"],
        customFields=fields,
        artifacts=[
            AlertArtifact(dataType="ip", data="203.0.113.77", tags=["src"], ioc=True),
            AlertArtifact(dataType="hash", data=["a" * 64, "b" * 32]),
            AlertArtifact(dataType="file", data=path, message="sample"),
        ],
    )
    return Alert(**{**given, **over})


def create(given):
    answer = api.create_alert(given)
    body = answer.json()
    print(json.dumps({"status": answer.status_code, "id": body.get("_id") or body.get("id"), "body": body}))


create(alert())
# The same again: a client that lost the answer.
create(alert())
create(alert(title="Login from another country", sourceRef="b-%d" % version))
