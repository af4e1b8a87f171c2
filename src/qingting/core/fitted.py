"""Numbers of the estimated wait, made by `tools/fit_estimate.py`; what they mean stands in `estimating.py`.

Fitted on 54,413 statements on 160 simulated days, of the drawn centres of seeds 1 to 160.
"""

PLACES = (1, 3, 10, 30, 100)
"""Places in the queue between which the level goes in straight lines."""
# Level at each of these places; then the turn, the agents, the visits before it.
Q50 = (1.9563, 2.1502, 2.2530, 2.3396, 2.4533, 0.5538, -0.2546, 0.2020, 0.0)
Q90 = (3.1019, 3.1344, 3.2350, 3.3269, 3.5695, 0.5297, -0.3260, 0.1026, 0.0)
