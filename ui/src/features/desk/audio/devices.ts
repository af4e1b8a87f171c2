import { useCallback, useEffect, useState } from "react";

export interface Devices {
  inputs: MediaDeviceInfo[];
  outputs: MediaDeviceInfo[];
}

/** What is plugged in, as it comes and goes. Browsers tell the names once the microphone was allowed. */
export function useDevices(): Devices & { look: () => void } {
  const [devices, setDevices] = useState<Devices>({ inputs: [], outputs: [] });
  const look = useCallback(() => {
    void navigator.mediaDevices.enumerateDevices().then((all) =>
      setDevices({
        // Chromium lists the system's choice a second and a third time.
        inputs: all.filter((each) => each.kind === "audioinput" && !aliases.includes(each.deviceId)),
        outputs: all.filter((each) => each.kind === "audiooutput" && !aliases.includes(each.deviceId)),
      }),
    );
  }, []);
  useEffect(() => {
    look();
    navigator.mediaDevices.addEventListener("devicechange", look);
    return () => navigator.mediaDevices.removeEventListener("devicechange", look);
  }, [look]);
  return { ...devices, look };
}

const aliases = ["", "default", "communications"];
