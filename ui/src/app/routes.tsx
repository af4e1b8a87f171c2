import { createBrowserRouter, Navigate, type RouteObject } from "react-router";
import { Crash } from "./Crash";
import { Home } from "./Home";
import { Missing } from "./Missing";
import { Needs } from "./Needs";
import { SignedIn } from "./SignedIn";

/** Pages arrive when they are first opened. */
const routes: RouteObject[] = [
  {
    errorElement: <Crash />,
    hydrateFallbackElement: <div />,
    children: [
      { path: "/sign-in", lazy: async () => ({ Component: (await import("../features/session/SignIn")).SignIn }) },
      { path: "/forgot", lazy: async () => ({ Component: (await import("../features/session/Forgot")).Forgot }) },
      { path: "/reset/:token", lazy: async () => ({ Component: (await import("../features/session/Reset")).Reset }) },
      { path: "/invite/:token", lazy: async () => ({ Component: (await import("../features/session/Invite")).Invite }) },
      { path: "/password-reset", lazy: async () => ({ Component: (await import("../features/session/Reset")).Reset }) },
      { path: "/invitation", lazy: async () => ({ Component: (await import("../features/session/Invite")).Invite }) },
      { path: "/trust", lazy: async () => ({ Component: (await import("../features/session/Trust")).Trust }) },
      {
        path: "/",
        element: <SignedIn />,
        children: [
          {
            errorElement: <Crash />,
            children: [
              { index: true, element: <Home /> },
              {
                element: <Needs permission="desk.use" />,
                children: [{ path: "desk", lazy: async () => ({ Component: (await import("../features/desk/Desk")).Desk }) }],
              },
              {
                element: <Needs permission="floor.view" />,
                children: [{ path: "floor", lazy: async () => ({ Component: (await import("../features/floor/Floor")).Floor }) }],
              },
              {
                element: <Needs permission="callbacks.view" />,
                children: [
                  {
                    path: "callbacks",
                    lazy: async () => ({ Component: (await import("../features/later/LaterPage")).LaterPage }),
                  },
                ],
              },
              {
                path: "contacts",
                element: <Needs permission="contacts.view" />,
                children: [
                  { index: true, lazy: async () => ({ Component: (await import("../features/contacts/Contacts")).Contacts }) },
                  {
                    path: ":id",
                    lazy: async () => ({ Component: (await import("../features/contacts/ContactPage")).ContactPage }),
                  },
                ],
              },
              {
                path: "customers",
                element: <Needs permission="customers.view" />,
                children: [
                  {
                    index: true,
                    lazy: async () => ({ Component: (await import("../features/customers/list/Customers")).Customers }),
                  },
                  {
                    path: "duplicates",
                    lazy: async () => ({ Component: (await import("../features/customers/duplicates/Duplicates")).Duplicates }),
                  },
                  {
                    path: ":id",
                    lazy: async () => ({ Component: (await import("../features/customers/record/RecordPage")).RecordPage }),
                  },
                ],
              },
              {
                path: "recoveries",
                element: <Needs permission="customers.view" />,
                children: [
                  {
                    index: true,
                    lazy: async () => ({ Component: (await import("../features/customers/recovery/Recoveries")).Recoveries }),
                  },
                ],
              },
              {
                path: "self-service",
                element: <Needs permission="selfservice.view" />,
                children: [
                  {
                    index: true,
                    lazy: async () => ({ Component: (await import("../features/selfservice/SelfService")).SelfService }),
                  },
                  {
                    path: ":flow",
                    lazy: async () => ({ Component: (await import("../features/selfservice/FlowPage")).FlowPage }),
                  },
                ],
              },
              {
                path: "manage/*",
                lazy: async () => ({ Component: (await import("../features/manage/Manage")).Manage }),
              },
              { path: "account", lazy: async () => ({ Component: (await import("../features/people/Account")).Account }) },
              { path: "home", element: <Navigate to="/" replace /> },
              { path: "*", element: <Missing /> },
            ],
          },
        ],
      },
    ],
  },
];

export const router = createBrowserRouter(routes);
