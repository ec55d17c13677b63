/** What a lab's file has, as far as a board is added to it. */
export interface LabToAddTo {
  hosts: object
  pdus?: object
  classes?: object
  places?: object
}
