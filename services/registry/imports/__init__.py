"""Files of many persons into the register: every row judged, every refusal explained, nothing counted before a second person agrees."""
