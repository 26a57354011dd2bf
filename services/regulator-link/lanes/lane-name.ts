// Tells the name of a lane from any other text.
import { type LaneName, laneNames } from '#libs/lane-messages/topics.ts';

export function isLaneName(text: string): text is LaneName {
  return laneNames.some((name) => name === text);
}
