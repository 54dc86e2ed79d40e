declare module "*.svg" {
  const shapes: string;
  export default shapes;
}
