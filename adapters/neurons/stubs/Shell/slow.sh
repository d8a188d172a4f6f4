#!/bin/sh
echo "on my way" >&2
sleep 600
