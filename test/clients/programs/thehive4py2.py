"""Alerts through thehive4py 2.x. Usage: thehive4py2.py URL KEY COUNT FILE. Prints one JSON line for each answer."""
import json
import sys

from thehive4py import TheHiveApi

url, key, count, path = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
api = TheHiveApi(url=url, apikey=key, organisation="soc")


def told(answer):
    print(json.dumps({"id": answer["_id"], "body": answer}), flush=True)


for number in range(count):
    told(
        api.alert.create(
            {
                "type": "external",
                "source": "thehive4py-2",
                "sourceRef": "c-%d" % number,
                "title": "Beacon %d" % number,
                "description": "every 60 s",
                "severity": 2,
                "date": 1772618400000,
                "tags": ["beacon"],
                "tlp": 2,
                "pap": 2,
                "observables": [
                    {"dataType": "ip", "data": "198.51.100.%d" % (number % 250 + 1), "tags": ["dst"]},
                    {"dataType": "hash", "data": ["c" * 64, "d" * 32]},
                ],
            }
        )
    )
told(
    api.alert.create(
        {
            "type": "external",
            "source": "thehive4py-2",
            "sourceRef": "file",
            "title": "With a file",
            "description": "d",
            "observables": [{"dataType": "file", "attachment": "k1", "tags": ["sample"]}],
        },
        attachment_map={"k1": path},
    )
)
