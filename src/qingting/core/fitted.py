"""Numbers of the estimated wait, made by `tools/fit_estimate.py`; what they mean stands in `estimating.py`.

Fitted on 75,435 statements on 240 simulated days, of the drawn centres of seeds 1 to 240.
"""

PLACES = (1, 3, 10, 30, 100)
"""Places in the queue between which the level goes in straight lines."""
# Level at each of these places; then the turn, the agents, the visits before it, the pace.
Q50 = (1.6689, 1.8277, 1.9041, 1.9841, 2.1476, 0.6106, -0.2233, 0.1766, 0.2020)
Q90 = (2.7763, 2.7964, 2.8381, 2.9573, 3.2313, 0.5914, -0.2780, 0.0605, 0.1631)
