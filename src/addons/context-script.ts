// The script tag of the add-on context.
import { context } from "./context";
import { register } from "./register";

register(context());
