"""What is decided on each command: functions of state, command and instant that return events.

They judge and change nothing. A refusal raises `Refused` before anything is returned.
"""
