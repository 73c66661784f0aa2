"""What people are asked to do. `ls` of this folder is the product list: one room per kind of activity."""
