// Follows one submission.
import { EVENT_TYPES, storyEvent, type StoryEvent } from "./events";
import { Following } from "./following";

export type { Link } from "./following";

export class Follower extends Following<StoryEvent> {
  protected readonly types = EVENT_TYPES;

  protected read(id: string | null, type: string, data: unknown): StoryEvent | null {
    return storyEvent(id, type, data);
  }
}
